using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Sql.Dialects;
using UserReports.Store.Sql.Filters;

namespace UserReports.Store.Sql.Statements;

/// <summary>The statement that holds the rows of a query at two moments against each other.</summary>
/// <remarks>
/// Of each moment only the rows that meet the query are taken, with the keys of the order and the compared values; the
/// two are joined once, for the counts and for the page. Only a page's rows are then looked up whole.
/// </remarks>
/// <param name="was">The rows of the earlier moment.</param>
/// <param name="now">Those of the later one, in the same database.</param>
public sealed class ComparisonSql(SqlDialect was, SqlDialect now)
{
    /// <summary>What an entered row is called in the answer.</summary>
    public const int Entered = 1;

    /// <summary>What a row is called that left.</summary>
    public const int Left = 2;

    /// <summary>What a row is called that changed.</summary>
    public const int Changed = 4;

    /// <summary>Columns of an answer before those of the ordering.</summary>
    public const int ColumnsBeforeKeys = 9;

    /// <summary>
    /// Each row: how many entered, left, changed and stayed; then of a row of the page what became of it, user id,
    /// organisation id, its address at the earlier and at the later moment (null where it is not), and a column per
    /// ordering term. Without any row on the page one row comes with the counts alone.
    /// </summary>
    /// <param name="compared">By what rows are held to have changed.</param>
    /// <param name="shown">Which rows are on the page: a sum of <see cref="Entered"/> and so on.</param>
    /// <param name="limit">Rows at the most; null for all.</param>
    public SqlStatement Write(
        ReportQuery query,
        IReadOnlyList<FieldPath> compared,
        int shown,
        long? limit,
        PageKey? after
    )
    {
        var order = OrderSql.Of(query.Ordering, now).ByName();
        List<SqlText> keys = [.. query.Ordering.Select((_, i) => SqlText.Numbered("k", i))];
        var (earlier, count) = Side(was, query, compared);
        var (later, _) = Side(now, query, compared);
        var differs = Enumerable
            .Range(0, count)
            .Select(i => SqlText.Numbered("v", i))
            .Select(value => SqlText.Of($"w.{value} is distinct from i.{value}"));
        var differing = SqlText.Join(
            " or ",
            differs.Prepend(SqlText.Constant("w.user_id is null or i.user_id is null"))
        );
        var merged = SqlText.Join(
            "",
            keys.Select(key => SqlText.Of($", case when i.user_id is null then w.{key} else i.{key} end as {key}"))
        );
        var listed = SqlText.Join("", keys.Select(key => SqlText.Of($", p.{key}")));
        var beyond = after is null ? SqlText.Empty : SqlText.Of($" and {order.Beyond(after)}");
        var some = limit is { } rows ? SqlText.Of($" limit {SqlText.Number(rows)}") : SqlText.Empty;
        return SqlText
            .Of(
                $"""
                with met_then as materialized ({earlier}),
                met_now as materialized ({later}),
                differing as materialized (
                    select case when w.user_id is null then 1 when i.user_id is null then 2 else 4 end as change,
                        coalesce(i.user_id, w.user_id) as user_id,
                        case when i.user_id is null then w.organization_id else i.organization_id end as organization_id{merged}
                    from met_then w full outer join met_now i
                        on w.user_id = i.user_id and w.organization_id is not distinct from i.organization_id
                    where {differing}),
                counts as (
                    select count(*) filter (where change = 1) as entered, count(*) filter (where change = 2) as gone,
                        count(*) filter (where change = 4) as changed from differing),
                page as materialized (
                    select * from differing where (change & {SqlText.Number(shown)}) > 0{beyond}{order.OrderBy(
                    backward: false
                )}{some})
                select * from (
                    select c.entered, c.gone, c.changed, (select count(*) from met_then) - c.gone - c.changed as stayed,
                        p.change, p.user_id, p.organization_id, w.address as was, i.address as present{listed}
                    from counts c left join page p on true
                    left join (select user_id, organization_id, {was.Address} as address from {was.Table}{was.Where()}) w
                        on w.user_id = p.user_id and w.organization_id is not distinct from p.organization_id
                    left join (select user_id, organization_id, {now.Address} as address from {now.Table}{now.Where()}) i
                        on i.user_id = p.user_id and i.organization_id is not distinct from p.organization_id
                ){order.OrderBy(backward: false)}
                """
            )
            .ToStatement(now);
    }

    private static (SqlText Rows, int Values) Side(
        SqlDialect dialect,
        ReportQuery query,
        IReadOnlyList<FieldPath> compared
    )
    {
        List<SqlText> values = [.. compared.SelectMany(path => ValuesOf(path, dialect))];
        var columns = SqlText.Join(
            "",
            values.Select((value, i) => SqlText.Of($", {value} as {SqlText.Numbered("v", i)}"))
        );
        var where = dialect.Where(query.Filter is null ? null : new FilterSql(dialect).Write(query.Filter));
        return (
            SqlText.Of(
                $"select user_id, organization_id{OrderSql.Of(query.Ordering, dialect).Columns}{columns} from {dialect.Table}{where}"
            ),
            values.Count
        );
    }

    /// <summary>What two moments differ in where they differ in a field.</summary>
    private static IEnumerable<SqlText> ValuesOf(FieldPath path, SqlDialect dialect)
    {
        var column = ColumnNames.Column(path.Field);
        if (RowIdSql.Is(path))
            return [];
        if (path.IsBelowList)
            return [ColumnNames.IsListOfValues(path) ? column : dialect.Lists.JsonAt(path)];
        return path.Kind switch
        {
            FieldKind.List => [dialect.Lists.JsonOf(column)],
            FieldKind.Object =>
            [
                .. path.Field.Children.SelectMany(child => ValuesOf(new FieldPath(child, [], []), dialect)),
                .. path.Field.IsNullable ? [column] : Enumerable.Empty<SqlText>(),
            ],
            FieldKind.Json when path.Keys.Count > 0 =>
            [
                .. new[]
                {
                    ColumnNames.KeyColumn(path),
                    dialect.Json.ValueAt(column, [.. path.Keys.Select(key => key!)]),
                }.OfType<SqlText>(),
            ],
            FieldKind.Json =>
            [
                column,
                .. path.Field.KnownKeys.Select(key => SqlText.Name(ColumnNames.OfKey(path.Field, key))),
            ],
            _ => [column],
        };
    }
}
