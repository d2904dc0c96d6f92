using UserReports.Core.Query;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.DuckDb.Orders;
using UserReports.Store.DuckDb.Reading;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Filters;

namespace UserReports.Store.DuckDb.Memory;

/// <summary>The statements that find a filter's rows.</summary>
internal static class FilterStatements
{
    /// <summary>More addresses than these are looked for in one go, which reads the column of addresses.</summary>
    private const int OneByOneMax = 8;

    /// <summary>Of the base: a bit for each row, which costs the database no more than to count them.</summary>
    public static OrdinalSet OfBase(ReadTransaction reading, BaseRows rows, Condition filter)
    {
        if (rows.Size == 0)
            return new();
        var last = SqlText.Number(rows.Size - 1);
        var where = new FilterSql(DuckDbDialect.Base).Write(filter);
        var bits = reading.Rows(
            SqlText
                .Of($"select bitstring_agg(rowid, 0, {last})::blob from {DuckDbDialect.Base.Table} where {where}")
                .ToStatement(DuckDbDialect.Base),
            row =>
            {
                if (row.IsDBNull(0))
                    return null;
                using var stream = row.GetStream(0);
                var read = new byte[stream.Length];
                stream.ReadExactly(read);
                return read;
            }
        )[0];
        return bits is null ? new() : new(bits, (bits.Length * 8) - rows.Size);
    }

    /// <summary>Of some rows those that a filter means.</summary>
    /// <param name="ofBase">Addresses of rows of the base.</param>
    /// <param name="changed">Addresses of changed rows.</param>
    public static HashSet<long> Met(
        ReadTransaction reading,
        Condition filter,
        IReadOnlyList<long> ofBase,
        IReadOnlyList<long> changed
    )
    {
        if (ofBase.Count + changed.Count == 0)
            return [];
        var parts = new[] { (DuckDbDialect.Base, ofBase), (DuckDbDialect.Changed, changed) }.SelectMany(table =>
        {
            var (dialect, addresses) = table;
            var where = new FilterSql(dialect).Write(filter);
            return Rows(dialect, dialect.Address, addresses).Select(row => SqlText.Of($"{row} and {where}"));
        });
        return
        [
            .. reading.Rows(SqlText.Join(" union all ", parts).ToStatement(DuckDbDialect.Base), row => row.GetInt64(0)),
        ];
    }

    /// <summary>The statements that read rows by their addresses, to be joined by <c>union all</c>.</summary>
    public static IEnumerable<SqlText> Rows(DuckDbDialect dialect, SqlText columns, IReadOnlyList<long> addresses)
    {
        List<SqlText> numbers = [.. addresses.Select(SqlText.Number)];
        var from = SqlText.Of($"select {columns} from {dialect.Table} where {dialect.Address}");
        return numbers.Count switch
        {
            0 => [],
            <= OneByOneMax => numbers.Select(one => SqlText.Of($"{from} = {one}")),
            _ => [SqlText.Of($"{from} in ({SqlText.Join(", ", numbers)})")],
        };
    }

    /// <summary>Addresses of changed rows, from one on.</summary>
    public static HashSet<long> OfChanged(ReadTransaction reading, Condition filter, long from)
    {
        var dialect = DuckDbDialect.Changed;
        var where = new FilterSql(dialect).Write(filter);
        return
        [
            .. reading.Rows(
                SqlText
                    .Of(
                        $"select {dialect.Address} from {dialect.Table} where {dialect.Address} >= {SqlText.Number(from)} and {where}"
                    )
                    .ToStatement(dialect),
                row => row.GetInt64(0)
            ),
        ];
    }
}
