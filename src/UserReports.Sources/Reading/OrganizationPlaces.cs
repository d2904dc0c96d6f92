using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>
/// Guesses which blocks of their table hold the organisations of the accounts that are read next. Most organisations
/// are made with their owner's account, so those of neighbours lie together, and reading a stretch of the table costs
/// a thirtieth of finding each by its id. A wrong guess costs a little time and nothing else: whatever is not in the
/// stretch is looked up.
/// </summary>
internal sealed class OrganizationPlaces
{
    private const string Table = "organizations_organization";

    /// <summary>
    /// A stretch with more rows than this for each that is wanted is no better than lookups would be by far.
    /// </summary>
    private const double RowsPerWanted = 3;

    /// <summary>Ranges in work at once are fewer.</summary>
    private const int Remembered = 64;

    private readonly double rowsPerBlock;
    private readonly Lock gate = new();
    private readonly Queue<(long LastAccountId, BlockStretch Next)> guesses = new();

    private OrganizationPlaces(double rowsPerBlock) => this.rowsPerBlock = rowsPerBlock;

    /// <summary>Null where the table cannot be read by its blocks.</summary>
    public static async Task<OrganizationPlaces?> CreateAsync(
        SourceSession session,
        CancellationToken cancellationToken
    )
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

    /// <summary>Where the organisations of a range probably lie; null if nothing is known of it.</summary>
    public BlockStretch? Guess(AccountRange range)
    {
        lock (gate)
        {
            foreach (var (lastAccountId, next) in guesses)
            {
                if (lastAccountId == range.FirstId - 1)
                    return next;
            }
        }

        return null;
    }

    /// <summary>Takes note of where the organisations of a range lay.</summary>
    /// <param name="blocks">One per organisation; sorted here.</param>
    public void Learn(AccountRange range, List<uint> blocks)
    {
        if (blocks.Count < 10)
            return;
        blocks.Sort();
        // A tenth at either end may lie anywhere: organisations made later, and those of others.
        double low = blocks[blocks.Count / 10];
        double high = blocks[blocks.Count - 1 - (blocks.Count / 10)];
        var width = (high - low + 1) / 0.8;
        if (width * rowsPerBlock > RowsPerWanted * blocks.Count)
            return;
        var end = low + (width * 0.9);
        var next = new BlockStretch((uint)Math.Max(0, end - (width * 0.1)), (uint)(end + (width * 1.1)) + 1);
        lock (gate)
        {
            guesses.Enqueue((range.LastId, next));
            if (guesses.Count > Remembered)
                guesses.Dequeue();
        }
    }
}

/// <summary>Blocks of a table, the end not included.</summary>
internal readonly record struct BlockStretch(uint First, uint End);
