using UserReports.Core.Reports;
using UserReports.Sources.Connections;

namespace UserReports.Sources.Reading;

/// <summary>
/// Guesses which blocks of their table hold the organisations of the accounts that are read next. Most organisations
/// are made with their owner's account, so those of neighbours lie together, and reading a stretch of the table costs
/// a thirtieth of finding each by its id. A wrong guess costs a little time and nothing else: whatever is not in the
/// stretch is looked up.
/// </summary>
internal sealed class HeapBlockLocator
{
    private const string Table = "organizations_organization";

    /// <summary>
    /// A stretch with more rows than this for each that is wanted is no better than lookups would be by far.
    /// </summary>
    private const double RowsPerWanted = 3;

    /// <summary>Blocks from one organisation of a range to the next, of those that lie together.</summary>
    private const uint GapMax = 2;

    /// <summary>Other workers are that far ahead, and some more.</summary>
    private const int RangesBetweenMax = 50;

    /// <summary>Ranges in work at once are fewer.</summary>
    private const int Remembered = 64;

    private readonly double rowsPerBlock;
    private readonly Lock gate = new();
    private readonly Queue<Known> known = new();

    private HeapBlockLocator(double rowsPerBlock) => this.rowsPerBlock = rowsPerBlock;

    /// <summary>Null where the table cannot be read by its blocks.</summary>
    public static async Task<HeapBlockLocator?> CreateAsync(SourceSession session, CancellationToken cancellationToken)
    {
        if (session.IsEmbedded)
            return null;
        var rowsPerBlock = 0.0;
        // Before 14 the server reads the whole table for a stretch of it, and a role that may only read some columns
        // may not ask where rows lie.
        await session.ReadAsync(
            $"""
            select cast(c.reltuples / c.relpages as double precision)
            from pg_class c join pg_am a on a.oid = c.relam
            where c.relname = '{Table}' and pg_table_is_visible(c.oid) and c.relkind = 'r' and a.amname = 'heap'
                and c.relpages > 0 and c.reltuples > 0 and has_table_privilege(c.oid, 'SELECT')
                and cast(current_setting('server_version_num') as integer) >= 140000
            """,
            row => rowsPerBlock = row.Double(0),
            cancellationToken
        );
        return rowsPerBlock > 0 ? new(rowsPerBlock) : null;
    }

    /// <summary>Where the organisations of a range probably lie; null if nothing is known of its neighbours.</summary>
    public BlockStretch? Guess(AccountRange range)
    {
        Known? nearest = null;
        lock (gate)
        {
            foreach (var before in known)
            {
                if (
                    before.Range.LastId < range.FirstId
                    && before.Range.LastId > (nearest?.Range.LastId ?? long.MinValue)
                )
                    nearest = before;
            }
        }

        if (nearest is null)
            return null;
        var between =
            (double)(range.FirstId - 1 - nearest.Range.LastId) / (nearest.Range.LastId - nearest.Range.FirstId + 1);
        if (between > RangesBetweenMax)
            return null;
        // The farther away, the less is known of how the organisations lie between.
        var start = nearest.Last + (nearest.Width * between);
        var margin = nearest.Width * (0.1 + (between * 0.02));
        return new((uint)Math.Max(0, start - margin), (uint)(start + nearest.Width + margin) + 1);
    }

    /// <summary>Takes note of where the organisations of a range lay.</summary>
    /// <param name="blocks">One per organisation; sorted here.</param>
    public void Learn(AccountRange range, List<uint> blocks)
    {
        if (blocks.Count < 10)
            return;
        blocks.Sort();
        // Some lie anywhere: organisations made later, and those of others. The rest follow each other.
        var (first, last) = (blocks.Count / 2, blocks.Count / 2);
        while (first > 0 && blocks[first] - blocks[first - 1] <= GapMax)
            first--;
        while (last < blocks.Count - 1 && blocks[last + 1] - blocks[last] <= GapMax)
            last++;
        var width = blocks[last] - blocks[first] + 1;
        if (last - first + 1 < blocks.Count / 2 || width * rowsPerBlock > RowsPerWanted * blocks.Count)
            return;
        lock (gate)
        {
            known.Enqueue(new(range, blocks[last], width));
            if (known.Count > Remembered)
                known.Dequeue();
        }
    }

    /// <summary>A range with the last block of most of its organisations, and how many they lie in.</summary>
    private sealed record Known(AccountRange Range, uint Last, double Width);
}

/// <summary>Blocks of a table, the end not included.</summary>
internal readonly record struct BlockStretch(uint First, uint End);
