using System.IO.Hashing;
using System.Runtime.InteropServices;
using UserReports.Sources.Connections;

namespace UserReports.Feed.Polling;

/// <summary>
/// Compares a small table as a whole with the round before: every change of what reports read is found, deletions too.
/// </summary>
internal sealed class WholeTable(PolledTable table, PolledRows rows, PollSettings settings)
    : PollQuestion<Dictionary<PolledTouch, ulong>>(table, rows, settings, null)
{
    public override string Subject => $"{Table}: all rows";

    protected override async Task FindAsync(
        SourceSession session,
        PollRound round,
        PollFindings findings,
        CancellationToken cancellationToken
    )
    {
        var known = Memory;
        Dictionary<PolledTouch, ulong> now = new(known?.Count ?? 0);
        var most = Settings.WholeRowsMax * 4L;
        var count = 0L;
        // Rows of whoever they touch, in an order that does not depend on where they lie.
        await session.ReadAsync(
            $"""
            select account, organization, string_agg(hash, '' order by hash), count(*)
            from (select {Rows.Account} as account, {Rows.Organization} as organization, {Rows.Hash} as hash from {Rows.From} limit $1) r
            group by account, organization
            """,
            row =>
            {
                var touched = new PolledTouch(row.TextOrNull(0), row.TextOrNull(1));
                count += row.Integer(3);
                now[touched] = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(row.Text(2).AsSpan()));
            },
            cancellationToken,
            most + 1
        );
        if (count > most)
        {
            Suspended =
                $"It has grown to more than {most} rows; until it is looked at anew, changes wait for the next run.";
            Memory = null;
            return;
        }

        if (known is not null)
        {
            foreach (var (touched, hash) in now)
            {
                if (!known.TryGetValue(touched, out var before) || before != hash)
                    Add(findings, touched);
            }

            foreach (var touched in known.Keys.Where(touched => !now.ContainsKey(touched)))
                Add(findings, touched);
        }

        Found = now;
    }
}
