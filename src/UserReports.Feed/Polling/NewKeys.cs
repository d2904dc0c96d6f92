using System.Globalization;
using UserReports.Sources.Connections;
using UserReports.Sources.Touching;

namespace UserReports.Feed.Polling;

/// <summary>
/// Finds new rows by a key that grows: from the highest key on that was there an overlap ago, since transactions need
/// not end in the order of their keys.
/// </summary>
internal sealed class NewKeys(PolledTable table, PolledRows rows, string column, PollSettings settings)
    : PollQuestion<NewKeys.Seen>(table, rows, settings, new([], []))
{
    public override string Subject => $"{Table}: new rows by {column}";

    public override string? Position =>
        (Found ?? Memory!).Highest is [var first, ..] ? first.Key.ToString(CultureInfo.InvariantCulture) : null;

    public override void Resume(string position)
    {
        if (Memory!.Highest.Count == 0 && long.TryParse(position, CultureInfo.InvariantCulture, out var key))
            Memory = Memory with { Highest = [(DateTimeOffset.MinValue, key)] };
    }

    protected override async Task FindAsync(
        SourceSession session,
        PollRound round,
        PollFindings findings,
        CancellationToken cancellationToken
    )
    {
        var (highest, told) = Memory!;
        if (highest.Count == 0)
        {
            Found = new([(round.Now, await HighestAsync(session, cancellationToken))], []);
            return;
        }

        var floor = highest[0].Key;
        HashSet<long> keys = [];
        List<(long Key, PolledTouch Touched)> newRows = [];
        await session.ReadAsync(
            $"""
            select {PolledRows.Of(column)}, {Rows.Touched} from {Rows.From}
            where {PolledRows.Of(column)} > $1 order by {PolledRows.Of(column)} limit $2
            """,
            row => newRows.Add((row.Integer(0), new(row.TextOrNull(1), row.TextOrNull(2)))),
            cancellationToken,
            floor,
            Settings.FoundRowsMax + 1L
        );
        if (newRows.Count > Settings.FoundRowsMax)
        {
            LeaveToRun(findings);
            Found = new([(round.Now, await HighestAsync(session, cancellationToken))], []);
            return;
        }

        foreach (var (key, touched) in newRows)
        {
            keys.Add(key);
            if (!told.Contains(key))
                Add(findings, touched);
        }

        List<(DateTimeOffset At, long Key)> next =
        [
            .. highest,
            (round.Now, keys.Count > 0 ? keys.Max() : highest[^1].Key),
        ];
        // The last one that is older than the overlap is where the next round begins.
        var keep = next.FindLastIndex(known => known.At <= round.Now - Settings.Overlap);
        if (keep > 0)
            next.RemoveRange(0, keep);
        keys.RemoveWhere(key => key <= next[0].Key);
        Found = new(next, keys);
    }

    private async Task<long> HighestAsync(SourceSession session, CancellationToken cancellationToken)
    {
        var key = 0L;
        await session.ReadAsync(
            $"select coalesce(max({PolledRows.Of(column)}), 0) from {Table} {TouchPath.Alias}",
            row => key = row.Integer(0),
            cancellationToken
        );
        return key;
    }

    /// <summary>What was there in the rounds before.</summary>
    /// <param name="Highest">The highest key of earlier rounds, the oldest first; the first is older than the overlap.</param>
    /// <param name="Told">Keys behind the first of them that were told already.</param>
    internal sealed record Seen(List<(DateTimeOffset At, long Key)> Highest, HashSet<long> Told);
}
