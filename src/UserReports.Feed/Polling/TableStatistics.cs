using UserReports.Sources.Connections;

namespace UserReports.Feed.Polling;

/// <summary>How large a table is, and which of its columns an index begins with.</summary>
/// <param name="Rows">As the database estimates it.</param>
/// <param name="Pages">Of 8 kB; 0 where a column is read by itself.</param>
/// <param name="Indexed">Columns that an index of all rows begins with; null where every column serves as one.</param>
internal sealed record TableStatistics(long Rows, long Pages, IReadOnlySet<string>? Indexed)
{
    private const string Sizes = """
        select c.relname, cast(c.reltuples as bigint), cast(c.relpages as bigint)
        from pg_class c where c.relkind in ('r', 'p', 'm') and pg_table_is_visible(c.oid)
            and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        """;

    private const string Indexes = """
        select c.relname, a.attname
        from pg_index i join pg_class c on c.oid = i.indrelid
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
            join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
        where i.indisvalid and i.indpred is null and m.amname = 'btree' and pg_table_is_visible(c.oid)
            and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        """;

    private const string EmbeddedSizes = "select table_name, estimated_size from duckdb_tables()";

    /// <summary>Of every table, from the catalogue; a table that was never analysed is counted, up to a
    /// bound.</summary>
    /// <param name="tables">Those that matter.</param>
    /// <param name="countMax">A count ends here.</param>
    public static async Task<IReadOnlyDictionary<string, TableStatistics>> ReadAsync(
        SourceSession session,
        IReadOnlyCollection<string> tables,
        int countMax,
        CancellationToken cancellationToken
    )
    {
        Dictionary<string, TableStatistics> all = new(StringComparer.Ordinal);
        if (session.IsEmbedded)
        {
            await session.ReadAsync(
                EmbeddedSizes,
                row => all[row.Text(0)] = new(row.Integer(1), 0, null),
                cancellationToken
            );
            return all;
        }

        Dictionary<string, HashSet<string>> indexed = new(StringComparer.Ordinal);
        await session.ReadAsync(
            [
                new(
                    Indexes,
                    row =>
                    {
                        if (!indexed.TryGetValue(row.Text(0), out var columns))
                            indexed[row.Text(0)] = columns = new(StringComparer.Ordinal);
                        columns.Add(row.Text(1));
                    }
                ),
                new(
                    Sizes,
                    row =>
                        all[row.Text(0)] = new(
                            row.Integer(1),
                            row.Integer(2),
                            indexed.GetValueOrDefault(row.Text(0), [])
                        )
                ),
            ],
            cancellationToken
        );
        foreach (var table in tables.Where(table => all.TryGetValue(table, out var known) && known.Rows <= 0))
        {
            // Never analysed, or empty when it was.
            var count = 0L;
            await session.ReadAsync(
                $"select count(*) from (select 1 from {table} limit $1) r",
                row => count = row.Integer(0),
                cancellationToken,
                countMax + 1L
            );
            all[table] = all[table] with { Rows = count };
        }

        return all;
    }

    /// <summary>True if rows can be found by this column without reading the others.</summary>
    public bool Serves(string column) => Indexed is null || Indexed.Contains(column);
}
