using UserReports.Sources.Connections;

namespace UserReports.Feed.Polling;

/// <summary>
/// Finds accounts by what their counters of today and yesterday add up to, against the sums of the round before.
/// </summary>
internal sealed class RecentSums(PolledTable table, PolledRows rows, PollSettings settings)
    : PollQuestion<RecentSums.Seen>(table, rows, settings, new([], null))
{
    /// <summary>Yesterday's hardly change any more: they are asked for in one of so many rounds.</summary>
    private const int RoundsOfYesterday = 4;

    private int sinceYesterday = RoundsOfYesterday;

    public override string Subject => $"{Table}: counters of today and yesterday";

    protected override async Task FindAsync(
        SourceSession session,
        PollRound round,
        PollFindings findings,
        CancellationToken cancellationToken
    )
    {
        var today = DateOnly.FromDateTime(round.Now.UtcDateTime);
        var (known, lastDay) = Memory!;
        var isNewDay = lastDay is not null && lastDay != today;
        Dictionary<DateOnly, Dictionary<long, long>> sums = [];
        foreach (var day in (DateOnly[])[today, today.AddDays(-1)])
        {
            var before = known.GetValueOrDefault(day);
            if (day != today && before is not null && !isNewDay && sinceYesterday < RoundsOfYesterday)
            {
                sums[day] = before;
                continue;
            }

            sums[day] = await ReadAsync(session, day, before?.Count ?? 0, cancellationToken);
            if (sums[day].Count > Settings.RememberedAccountsMax)
            {
                Suspended =
                    $"More than {Settings.RememberedAccountsMax} accounts have counters of one day: they wait for the next run.";
                Memory = Memory with { Days = [] };
                return;
            }

            // Of a day that began since the last round every counter is new.
            if (before is not null || (isNewDay && day == today))
                Compare(before ?? [], sums[day], findings);
        }

        sinceYesterday = sinceYesterday >= RoundsOfYesterday ? 1 : sinceYesterday + 1;
        Found = new(sums, today);
    }

    private static void Compare(Dictionary<long, long> before, Dictionary<long, long> now, PollFindings findings)
    {
        foreach (var (account, sum) in now)
        {
            if (!before.TryGetValue(account, out var known) || known != sum)
                findings.Add(account, isOwner: true);
        }

        if (before.Count == now.Count && before.Keys.All(now.ContainsKey))
            return;
        foreach (var account in before.Keys.Where(account => !now.ContainsKey(account)))
            findings.Add(account, isOwner: true);
    }

    private async Task<Dictionary<long, long>> ReadAsync(
        SourceSession session,
        DateOnly day,
        int expected,
        CancellationToken cancellationToken
    )
    {
        Dictionary<long, long> sums = new(expected);
        await session.ReadAsync(
            $"""
            select t0.user_id, {Rows.Sum} from {Rows.From}
            where {Rows.Day} = date '1970-01-01' + cast($1 as integer) group by t0.user_id limit $2
            """,
            row => sums[row.Integer(0)] = row.Integer(1),
            cancellationToken,
            day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber,
            Settings.RememberedAccountsMax + 1L
        );
        return sums;
    }

    /// <summary>What the counters of a day add up to, by account, and the last day that was today.</summary>
    internal sealed record Seen(Dictionary<DateOnly, Dictionary<long, long>> Days, DateOnly? LastDay);
}
