using System.Globalization;
using UserReports.Sources.Connections;

namespace UserReports.Feed.Polling;

/// <summary>Finds rows by an instant that is later than the last round, less the overlap.</summary>
internal sealed class LaterRows(PolledTable table, PolledRows rows, string column, PollSettings settings)
    : PollQuestion<LaterRows.Seen>(table, rows, settings, new(null, []))
{
    public override string Subject => $"{Table}: rows with a later {column}";

    public override string? Position => (Found ?? Memory!).Since?.UtcTicks.ToString(CultureInfo.InvariantCulture);

    public override void Resume(string position)
    {
        if (long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
            Memory = Memory! with { Since = Memory.Since ?? new(ticks, TimeSpan.Zero) };
    }

    protected override async Task FindAsync(
        SourceSession session,
        PollRound round,
        PollFindings findings,
        CancellationToken cancellationToken
    )
    {
        var next = round.Now - Settings.Overlap;
        Dictionary<PolledTouch, DateTimeOffset> later = [];
        var read = 0;
        await session.ReadAsync(
            $"""
            select {Rows.Touched}, {PolledRows.Of(column)} from {Rows.From}
            where {PolledRows.Of(column)} > $1 limit $2
            """,
            row =>
            {
                read++;
                var touched = new PolledTouch(row.TextOrNull(0), row.TextOrNull(1));
                if (row.TryInstant(2, out var at) && at is { } instant)
                    later[touched] = later.TryGetValue(touched, out var known) && known > instant ? known : instant;
            },
            cancellationToken,
            (Memory!.Since ?? next).UtcDateTime,
            Settings.FoundRowsMax + 1L
        );
        if (read > Settings.FoundRowsMax)
        {
            LeaveToRun(findings);
            Found = new(round.Now, []);
            return;
        }

        // What is within the overlap was told already, unless it has changed again.
        foreach (var (touched, instant) in later)
        {
            if (!Memory.Told.TryGetValue(touched, out var known) || known != instant)
                Add(findings, touched);
        }

        Found = new(next, later);
    }

    /// <summary>What was there in the rounds before.</summary>
    /// <param name="Since">Where the next round begins; null before the first.</param>
    /// <param name="Told">What was found behind that already, by its instant.</param>
    internal sealed record Seen(DateTimeOffset? Since, Dictionary<PolledTouch, DateTimeOffset> Told);
}
