using UserReports.Sources.Connections;
using UserReports.Sources.Load;
using UserReports.Sources.Reading;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Counting;

/// <summary>Reads one account's submissions by day: first whose counters count, then these counters.</summary>
internal sealed class DailySubmissionReader(
    SourceDatabase platform,
    SourceDatabase usage,
    SourceShape shape,
    int retentionDays,
    DateOnly today
)
{
    private const string Submissions = "logger_dailyxformsubmissioncounter";
    private const string Members = "organizations_organizationuser";
    private const string Owners = "organizations_organizationowner";

    /// <summary>The account's, and those of the owner of an organisation.</summary>
    /// <param name="organizationId">Null for an account without one, whose own are taken.</param>
    public async Task<DailySubmissions> ReadAsync(
        long accountId,
        string? organizationId,
        CancellationToken cancellationToken
    )
    {
        var owner = organizationId is null ? accountId : await OwnerAsync(organizationId, cancellationToken);
        Dictionary<long, Dictionary<DateOnly, long>> counts = new() { [accountId] = [] };
        if (owner is { } other)
            counts[other] = [];
        var first = today.AddDays(-retentionDays);
        var columns = new SourceColumns(shape.Usage);
        var day = columns.Day(Submissions, "c", "date");
        await usage.ReadForRunAsync(
            SourceWork.Accounts,
            async session =>
            {
                await session.ReadAsync(
                    $"""
                    select c.user_id, {day} - date '1970-01-01',
                        {CounterSums.Sum(columns.Counter(Submissions, "c", "counter"))}
                    from {Submissions} c
                    where {day} >= cast($1 as date) and c.user_id = any($2)
                    group by c.user_id, {day}
                    """,
                    row => counts[row.Integer(0)][UsageWindow.DayOf(row.Integer(1))] = row.Integer(2),
                    cancellationToken,
                    first,
                    session.List(counts.Keys.Select(id => (int)id))
                );
                return true;
            },
            cancellationToken
        );
        return new(first, today, owner is { } id ? counts[id] : new Dictionary<DateOnly, long>(), counts[accountId]);
    }

    /// <returns>Null if the organisation has none, or is gone.</returns>
    private Task<long?> OwnerAsync(string organizationId, CancellationToken cancellationToken)
    {
        var columns = new SourceColumns(shape.Platform);
        var owned = columns.Key(Owners, "w", "organization_id");
        return platform.ReadForRunAsync(
            SourceWork.Accounts,
            async session =>
            {
                long? owner = null;
                await session.ReadAsync(
                    $"""
                    select m.user_id from {Owners} w join {Members} m
                        on {columns.Same((Members, "m", "id"), (Owners, "w", "organization_user_id"))}
                    where {owned} = any($1)
                    """,
                    row => owner = row.Integer(0),
                    cancellationToken,
                    session.List([organizationId])
                );
                return owner;
            },
            cancellationToken
        );
    }
}
