using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Reading;

/// <summary>Reads usage, summed by the databases: per account within windows that are handed in as arrays.</summary>
internal static class UsageReader
{
    private const string Submissions = "logger_dailyxformsubmissioncounter";
    private const string Services = "trackers_nlpusagecounter";
    private const string Bytes = "attachment_storage_bytes";
    private const string NoNumber = "holds counters that are null; they count as 0.";
    private const string TooLarge = "holds counters whose sum does not fit 64 bits; it is cut to what does.";

    /// <summary>No slot.</summary>
    private const int None = -1;

    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>What the effective users of organisations use, by organisation id.</summary>
    /// <param name="windows">One per organisation with an owner.</param>
    /// <param name="today">The last day of retention.</param>
    public static async Task<Dictionary<string, OrganizationUsage>> ReadOrganizationsAsync(
        SourceSession session,
        SourceCatalogue catalogue,
        AccountSelection selection,
        IReadOnlyList<UsageWindow> windows,
        int retentionDays,
        DateOnly today,
        Action<DataWarning> warn,
        CancellationToken cancellationToken
    )
    {
        var columns = new SourceColumns(catalogue);
        var counter = columns.Counter(Submissions, "c", "counter");
        var day = columns.Day(Submissions, "c", "date");
        var storage = new Dictionary<long, long>();
        var submissions = new (long Cumulative, long Current)[windows.Count];
        List<int> within = [];
        List<int> elsewhere = [];
        for (var slot = 0; slot < windows.Count; slot++)
            (selection.Contains(windows[slot].UserId) ? within : elsewhere).Add(slot);
        var retained = Days(today) - retentionDays;

        // Nearly every owner is one of the selected accounts, whose rows lie together: one stretch of the table is read
        // rather than a lookup made for each. Nearly all of them have the calendar's month, too: then the database need
        // not bring windows and counters together.
        List<SourceStatement> statements = [];
        if (within.Count > 0)
        {
            AddStorage(selection.Where("p.user_id"), selection.Parameters(session));
            var month = within.CountBy(slot => windows[slot].Days).MaxBy(group => group.Value).Key;
            // An account that owns several organisations has several slots: each leads to the one before.
            var ofMonth = new Dictionary<long, int>(within.Count);
            var before = new int[windows.Count];
            foreach (var slot in within.Where(slot => windows[slot].Days == month))
            {
                before[slot] = ofMonth.GetValueOrDefault(windows[slot].UserId, None);
                ofMonth[windows[slot].UserId] = slot;
            }

            statements.Add(
                new(
                    $"""
                    select c.user_id, {Retained("$1", IsOlder(month))},
                        {SumBetween("cast($2 as integer)", "cast($3 as integer)")}, count(*) - count({counter})
                    from {Submissions} c
                    where {IsRead("$1", "cast($2 as integer)", IsOlder(month))} and {selection.Where("c.user_id", 4)}
                    group by c.user_id
                    """,
                    row =>
                    {
                        for (
                            var slot = ofMonth.GetValueOrDefault(row.Integer(0), None);
                            slot != None;
                            slot = before[slot]
                        )
                            Take(slot, row);
                    },
                    [retained, Days(month.First), Days(month.Last), .. selection.Parameters(session)]
                )
            );
            AddWindows(
                [.. within.Where(slot => windows[slot].Days != month)],
                $"and {selection.Where("c.user_id", 6)}",
                selection.Parameters(session)
            );
        }

        if (elsewhere.Count > 0)
        {
            AddStorage(
                "p.user_id = any($1)",
                [session.List(elsewhere.Select(slot => (int)windows[slot].UserId).Distinct())]
            );
            AddWindows(elsewhere, "", []);
        }

        await session.ReadAsync(statements, cancellationToken);
        var usage = new Dictionary<string, OrganizationUsage>(windows.Count, StringComparer.Ordinal);
        for (var slot = 0; slot < windows.Count; slot++)
        {
            var window = windows[slot];
            usage[window.Key] = new(
                storage.GetValueOrDefault(window.UserId),
                submissions[slot].Cumulative,
                submissions[slot].Current
            );
        }

        return usage;

        void AddStorage(string where, IReadOnlyList<object> parameters) =>
            statements.Add(
                new(
                    $"""
                    select p.user_id, {columns.Value("main_userprofile", "p", Bytes, ValueKind.Integer)}
                    from main_userprofile p where {where}
                    """,
                    row =>
                    {
                        var fields = new FieldReader(row, "account", row.Integer(0), warn);
                        if (row.IsNull(1))
                            fields.Tell(Bytes, "is null; it counts as 0.");
                        storage[row.Integer(0)] = fields.Integer(1, Bytes) ?? 0;
                    },
                    parameters
                )
            );

        // Asked apart, so that a few old windows do not keep the database from bounding the many others by one day.
        void AddWindows(IReadOnlyList<int> some, string and, IReadOnlyList<object> parameters)
        {
            foreach (var group in some.GroupBy(slot => IsOlder(windows[slot].Days)))
                AddWindowsOfAge([.. group], group.Key, and, parameters);
        }

        void AddWindowsOfAge(IReadOnlyList<int> some, bool older, string and, IReadOnlyList<object> parameters) =>
            statements.Add(
                new(
                    $"""
                    select w.slot, {Retained("$5", older)}, {SumBetween("w.first_day", "w.last_day")},
                        count(*) - count({counter})
                    from (
                        select unnest(cast($1 as integer[])) as slot, unnest(cast($2 as integer[])) as user_id,
                            unnest(cast($3 as integer[])) as first_day, unnest(cast($4 as integer[])) as last_day) w
                        join {Submissions} c on c.user_id = w.user_id
                    where {IsRead("$5", "w.first_day", older)} {and}
                    group by w.slot
                    """,
                    row => Take((int)row.Integer(0), row),
                    [.. Arrays(session, windows, some), retained, .. parameters]
                )
            );

        void Take(int slot, SourceRow row)
        {
            submissions[slot] = (row.Integer(1), row.Integer(2));
            WarnOfSums(warn, Submissions, windows[slot].UserId, row, 3);
        }

        // A period may reach further back than retention: a plan of several years, or a short retention.
        bool IsOlder((DateOnly First, DateOnly Last) days) => Days(days.First) < retained;

        string Retained(string first, bool older) =>
            older
                ? Sum($"case when {day} >= date '1970-01-01' + cast({first} as integer) then {counter} end")
                : Sum(counter);

        string IsRead(string first, string windowFirst, bool older) =>
            $"{day} >= date '1970-01-01' + "
            + (older ? $"least(cast({first} as integer), {windowFirst})" : $"cast({first} as integer)");

        string SumBetween(string first, string last) =>
            Sum(
                $"case when {day} between date '1970-01-01' + {first} and date '1970-01-01' + {last} then {counter} end"
            );
    }

    /// <summary>
    /// The selected accounts' own use of the language services, ever, into <paramref name="usage"/>; only accounts
    /// that have any.
    /// </summary>
    public static SourceStatement LanguageServices(
        SourceSession session,
        SourceCatalogue catalogue,
        AccountSelection selection,
        Dictionary<long, MetricValues<long>> usage,
        Action<DataWarning> warn
    ) =>
        new(
            $"""
            select c.user_id, {Sums(catalogue)}, {Nulls(catalogue)} from {Services} c
            where {selection.Where("c.user_id")} group by c.user_id
            """,
            row =>
            {
                usage[row.Integer(0)] = Values(row);
                WarnOfSums(warn, Services, row.Integer(0), row, Metric.LanguageServices.Count + 1);
            },
            selection.Parameters(session)
        );

    /// <summary>
    /// Accounts' own use of the language services within windows, by the windows' places; only where there is any.
    /// </summary>
    public static async Task<Dictionary<int, MetricValues<long>>> ReadLanguageServicesWithinAsync(
        SourceSession session,
        SourceCatalogue catalogue,
        IReadOnlyList<UsageWindow> windows,
        CancellationToken cancellationToken
    )
    {
        var usage = new Dictionary<int, MetricValues<long>>();
        if (windows.Count == 0)
            return usage;
        await session.ReadAsync(
            $"""
            select w.slot, {Sums(catalogue)}
            from (
                select unnest(cast($1 as integer[])) as slot, unnest(cast($2 as integer[])) as user_id,
                    unnest(cast($3 as integer[])) as first_day, unnest(cast($4 as integer[])) as last_day) w
                join {Services} c on c.user_id = w.user_id
                    and {new SourceColumns(catalogue).Day(
                Services,
                "c",
                "date"
            )} between date '1970-01-01' + w.first_day and date '1970-01-01' + w.last_day
            group by w.slot
            """,
            row => usage[(int)row.Integer(0)] = Values(row),
            cancellationToken,
            Arrays(session, windows, [.. Enumerable.Range(0, windows.Count)])
        );
        return usage;
    }

    private static string Sums(SourceCatalogue catalogue) =>
        string.Join(
            ", ",
            Metric.LanguageServices.Select(metric =>
                catalogue.CanRead(metric)
                    ? Sum(new SourceColumns(catalogue).Counter(Services, "c", metric.SourceColumn!))
                    : "cast(0 as bigint)"
            )
        );

    private static string Nulls(SourceCatalogue catalogue) =>
        string.Join(
            " + ",
            Metric
                .LanguageServices.Where(catalogue.CanRead)
                .Select(metric =>
                    $"(count(*) - count({new SourceColumns(catalogue).Counter(Services, "c", metric.SourceColumn!)}))"
                )
                .DefaultIfEmpty("0")
        );

    /// <summary>A sum that is never null and fits 64 bits: an error here would cost the whole range.</summary>
    private static string Sum(string value) =>
        $"cast(greatest(least(coalesce(sum({value}), 0), {long.MaxValue}), -{long.MaxValue}) as bigint)";

    /// <summary>Sums stand in columns 1 to <paramref name="nulls"/> - 1, the number of nulls behind them.</summary>
    private static void WarnOfSums(Action<DataWarning> warn, string table, long accountId, SourceRow row, int nulls)
    {
        if (row.Integer(nulls) > 0)
            warn(new($"account {accountId}", $"{table} {NoNumber}"));
        for (var column = 1; column < nulls; column++)
        {
            if (row.Integer(column) is long.MaxValue or -long.MaxValue)
                warn(new($"account {accountId}", $"{table} {TooLarge}"));
        }
    }

    private static MetricValues<long> Values(SourceRow row)
    {
        var values = new MetricValues<long>(Metric.LanguageServices);
        for (var i = 0; i < Metric.LanguageServices.Count; i++)
            values[i] = row.Integer(i + 1);
        return values;
    }

    /// <summary>
    /// Place, account, first and last day of the windows at some places; days count from 1970, which both engines add
    /// to a date alike.
    /// </summary>
    private static IReadOnlyList<object> Arrays(
        SourceSession session,
        IReadOnlyList<UsageWindow> windows,
        IReadOnlyList<int> slots
    ) =>
        [
            session.List(slots),
            session.List(slots.Select(slot => (int)windows[slot].UserId)),
            session.List(slots.Select(slot => Days(windows[slot].Days.First))),
            session.List(slots.Select(slot => Days(windows[slot].Days.Last))),
        ];

    private static int Days(DateOnly day) => day.DayNumber - Epoch.DayNumber;
}

/// <summary>Whose usage counts, and for which days.</summary>
/// <param name="Key">What the sum is for: an organisation's id.</param>
internal sealed record UsageWindow(string Key, long UserId, BillingPeriod Period)
{
    /// <summary>Both count.</summary>
    public (DateOnly First, DateOnly Last) Days { get; } = (Period.FirstDay, Period.LastDay);
}
