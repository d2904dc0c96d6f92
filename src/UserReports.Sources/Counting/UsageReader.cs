using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Reading;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Counting;

/// <summary>
/// Reads the usage database, which adds up: what the effective users of organisations use in their billing periods, and
/// what the selected accounts themselves did. One reading of the selected accounts' counters serves both.
/// </summary>
/// <param name="windows">One per organisation with an owner, who may be none of the selected accounts.</param>
/// <param name="today">The last day of retention.</param>
internal sealed class UsageReader(
    SourceSession session,
    SourceCatalogue catalogue,
    AccountSelection selection,
    IReadOnlyList<UsageWindow> windows,
    int retentionDays,
    DateOnly today,
    Action<DataWarning> warn
)
{
    private const string Submissions = "logger_dailyxformsubmissioncounter";
    private const string Profiles = "main_userprofile";
    private const string Bytes = "attachment_storage_bytes";
    private const string Suspended = "submissions_suspended";

    /// <summary>The first day of retention, where windows are asked for.</summary>
    private const string FirstRetained = "(date '1970-01-01' + cast($5 as integer))";

    private readonly SourceColumns columns = new(catalogue);
    private readonly Dictionary<long, AccountCounters> counters = [];
    private readonly Dictionary<long, long> storage = [];
    private readonly Dictionary<long, bool> suspended = [];
    private readonly (long Cumulative, long Current, IReadOnlyList<long>? ByWeek)[] others = new (
        long,
        long,
        IReadOnlyList<long>?
    )[windows.Count];

    private string Counter => columns.Counter(Submissions, "c", "counter");

    private string Day => columns.Day(Submissions, "c", "date");

    private int Retained => UsageWindow.NumberOf(today) - retentionDays;

    /// <summary>What organisations use, and what the selected accounts did.</summary>
    public async Task<UsageFacts> ReadAsync(CancellationToken cancellationToken)
    {
        List<int> within = [];
        List<int> elsewhere = [];
        for (var slot = 0; slot < windows.Count; slot++)
            (selection.Contains(windows[slot].UserId) ? within : elsewhere).Add(slot);

        // Nearly every owner is one of the selected accounts, whose rows lie together: one stretch of the table is read
        // rather than a lookup made for each. Nearly all of them have the same month, too: then the database need not
        // bring windows and counters together.
        var recent = within.Where(slot => !IsOlder(windows[slot])).ToList();
        var month =
            recent.Count > 0
                ? recent.CountBy(slot => windows[slot].Days).MaxBy(group => group.Value).Key
                : (First: today, Last: today);
        List<int> ofOtherPeriods = [.. within.Where(slot => windows[slot].Days != month)];
        List<SourceStatement> statements =
        [
            OfProfiles(selection.Where("p.user_id"), selection.Parameters(session)),
            OfSelected(month),
        ];
        statements.AddRange(
            OfWindows(ofOtherPeriods, null, $"and {selection.Where("c.user_id", 6)}", selection.Parameters(session))
        );
        // The weeks of an owner who is selected are those of the account itself.
        statements.AddRange(
            OfWindows(
                elsewhere,
                RecentCounters.SumsOfWeeks(Counter, Day, 6),
                "",
                RecentCounters.DaysOfWeeks(today, today.AddDays(-retentionDays))
            )
        );
        if (elsewhere.Count > 0)
        {
            var owners = elsewhere.Select(slot => (int)windows[slot].UserId).Distinct();
            statements.Add(OfProfiles("p.user_id = any($1)", [session.List(owners)]));
        }

        await session.ReadAsync(statements, cancellationToken);
        foreach (var (account, sums) in counters)
            WarnOf(account, sums);

        var organizations = new Dictionary<string, OrganizationUsage>(windows.Count, StringComparer.Ordinal);
        for (var slot = 0; slot < windows.Count; slot++)
        {
            var window = windows[slot];
            var (cumulative, current, byWeek) = others[slot];
            if (counters.TryGetValue(window.UserId, out var sums))
            {
                byWeek = sums.ByWeek;
                if (window.Days == month)
                    (cumulative, current) = (sums.Cumulative, sums.InPeriod);
            }

            organizations[window.Key] = new(storage.GetValueOrDefault(window.UserId), cumulative, current, byWeek);
        }

        return new(organizations, ActivityOf);
    }

    private AccountActivity ActivityOf(long account)
    {
        bool? isSuspended = suspended.TryGetValue(account, out var flag) ? flag : null;
        return counters.TryGetValue(account, out var sums) ? sums.ActivityOf(isSuspended)
            : isSuspended is null ? AccountActivity.None
            : AccountActivity.None with { Suspended = isSuspended };
    }

    private SourceStatement OfProfiles(string where, IReadOnlyList<object> parameters)
    {
        var tellsSuspended = catalogue.CanRead(Profiles, Suspended);
        return new(
            $"""
            select p.user_id, {columns.Value(Profiles, "p", Bytes, ValueKind.Integer)}{(
                tellsSuspended ? $", {columns.Condition(Profiles, "p", Suspended)}" : ""
            )}
            from {Profiles} p where {where}
            """,
            row =>
            {
                var fields = new FieldReader(row, "account", row.Integer(0), warn);
                if (row.IsNull(1))
                    fields.Tell(Bytes, "is null; it counts as 0.");
                storage[row.Integer(0)] = fields.Integer(1, Bytes) ?? 0;
                if (tellsSuspended && !row.IsNull(2))
                    suspended[row.Integer(0)] = row.Flag(2);
            },
            parameters
        );
    }

    /// <summary>
    /// The selected accounts' counters: what they add up to, and what activity needs of the recent ones. A row for each
    /// account, since rows cost whoever reads them more than the database, and nothing worked out for each counter that
    /// can be had in another way: a run has millions of them.
    /// </summary>
    private SourceStatement OfSelected((DateOnly First, DateOnly Last) month)
    {
        var days = RecentCounters.Days(today);
        return new(
            $"""
            select c.user_id, {CounterSums.Sum(Counter)},
                {CounterSums.Sum(Counter, $"{Day} between cast($2 as date) and cast($3 as date)")},
                max({Day}) filter (where {Counter} > 0) - date '1970-01-01',
                count(*) filter (where {Counter} is null), {RecentCounters.Sums(Counter, Day, 4)}
            from {Submissions} c
            where {Day} >= cast($1 as date) and {selection.Where("c.user_id", 4 + days.Count)}
            group by c.user_id
            """,
            row => counters[row.Integer(0)] = new(row),
            [today.AddDays(-retentionDays), month.First, month.Last, .. days, .. selection.Parameters(session)]
        );
    }

    /// <summary>A period may begin before retention: that of a plan of years, or with a short retention.</summary>
    private bool IsOlder(UsageWindow window) => UsageWindow.NumberOf(window.Days.First) < Retained;

    /// <summary>
    /// Old windows are asked apart, so that a few of them do not keep the database from bounding the many others by one
    /// day.
    /// </summary>
    /// <param name="weeks">Sums of weeks; null where they are known otherwise.</param>
    private IEnumerable<SourceStatement> OfWindows(
        IReadOnlyList<int> some,
        string? weeks,
        string and,
        IReadOnlyList<object> parameters
    ) =>
        some.GroupBy(slot => IsOlder(windows[slot]))
            .Select(group =>
                group.Key
                    ? OfWindows(
                        [.. group],
                        CounterSums.Sum($"case when {Day} >= {FirstRetained} then {Counter} end"),
                        weeks,
                        $"{Day} >= least({FirstRetained}, date '1970-01-01' + w.first_day) {and}",
                        parameters
                    )
                    : OfWindows(
                        [.. group],
                        CounterSums.Sum(Counter),
                        weeks,
                        $"{Day} >= {FirstRetained} {and}",
                        parameters
                    )
            );

    private SourceStatement OfWindows(
        IReadOnlyList<int> some,
        string retained,
        string? weeks,
        string where,
        IReadOnlyList<object> parameters
    ) =>
        new(
            $"""
            select w.slot, {retained}, {SumBetween("w.first_day", "w.last_day")},
                count(*) - count({Counter}){(weeks is null ? "" : $", {weeks}")}
            from (
                select unnest(cast($1 as integer[])) as slot, unnest(cast($2 as integer[])) as user_id,
                    unnest(cast($3 as integer[])) as first_day, unnest(cast($4 as integer[])) as last_day) w
                join {Submissions} c on c.user_id = w.user_id
            where {where}
            group by w.slot
            """,
            row =>
            {
                var slot = (int)row.Integer(0);
                others[slot] = (
                    row.Integer(1),
                    row.Integer(2),
                    weeks is null ? null : RecentCounters.ReadWeeks(row, 4)
                );
                CounterSums.Warn(warn, Submissions, windows[slot].UserId, row, 3);
            },
            [.. UsageWindow.Arrays(session, windows, some), Retained, .. parameters]
        );

    private string SumBetween(string first, string last) =>
        CounterSums.Sum(
            $"case when {Day} between date '1970-01-01' + {first} and date '1970-01-01' + {last} then {Counter} end"
        );

    private void WarnOf(long account, AccountCounters sums)
    {
        if (sums.HasNulls)
            CounterSums.WarnOfNulls(warn, Submissions, account);
        if (sums.IsCut)
            CounterSums.WarnOfCut(warn, Submissions, account);
    }
}

/// <summary>What the usage database knows.</summary>
/// <param name="Organizations">What organisations' effective users use, by organisation id.</param>
/// <param name="ActivityOf">What one of the selected accounts did, by its number.</param>
internal sealed record UsageFacts(
    Dictionary<string, OrganizationUsage> Organizations,
    Func<long, AccountActivity> ActivityOf
);
