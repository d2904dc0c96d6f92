using UserReports.Core.Query;
using UserReports.Store.Sql.Dialects;
using UserReports.Store.Sql.Filters;

namespace UserReports.Store.Sql.Statements;

/// <summary>The statements that answer a query: how many rows, and where the documents of one page are.</summary>
/// <remarks>
/// Only the order keys and the address of the document are read; nulls come last both ways, and ties end on (user id,
/// organisation id), so that every row has one place and pages never overlap.
/// </remarks>
public sealed class PageSql(SqlDialect dialect)
{
    /// <summary>What a path with one value per row is ordered by.</summary>
    public SqlText KeyOf(FieldPath path) => OrderSql.KeyOf(path, dialect);

    /// <summary>How many rows a filter means.</summary>
    public SqlStatement Count(Condition? filter) => Statement($"select count(*) from {dialect.Table}{Where(filter)}");

    /// <summary>The addresses of a query's rows in its order: of all, or of those between two places.</summary>
    public SqlStatement Documents(ReportQuery query, PageKey? after, PageKey? before)
    {
        var order = OrderSql.Of(query.Ordering, dialect);
        var where = Where(
            query.Filter,
            after is null ? null : order.Beyond(after with { Backward = false }),
            before is null ? null : order.Beyond(before with { Backward = true })
        );
        return Statement($"select {dialect.Address} from {dialect.Table}{where}{order.OrderBy(backward: false)}");
    }

    /// <summary>The addresses of a filter's rows, in no order.</summary>
    public SqlStatement Matches(Condition filter) =>
        Statement($"select {dialect.Address} from {dialect.Table}{Where(filter)}");

    /// <summary>Some of all rows, chosen at random, in order and in the columns of a page.</summary>
    public SqlStatement Sample(IReadOnlyList<OrderTerm> ordering, int rows)
    {
        var order = OrderSql.Of(ordering, dialect);
        return Statement(
            $"select * from ({Rows(order)} {dialect.SomeRows(rows)}){order.ByName().OrderBy(backward: false)}"
        );
    }

    /// <summary>
    /// The rows of a page: user id, organisation id, address, then a column per ordering term. With a backward key they
    /// come in reverse.
    /// </summary>
    /// <param name="limit">Rows at the most.</param>
    public SqlStatement Page(ReportQuery query, long limit, long offset, PageKey? key)
    {
        var order = OrderSql.Of(query.Ordering, dialect);
        var where = Where(query.Filter, key is null ? null : order.Beyond(key));
        var skip = offset > 0 ? SqlText.Of($" offset {SqlText.Number(offset)}") : SqlText.Empty;
        return Statement(
            $"{Rows(order)}{where}{order.OrderBy(key?.Backward ?? false)} limit {SqlText.Number(limit)}{skip}"
        );
    }

    private SqlStatement Statement(SqlTextHandler text) => SqlText.Of(text).ToStatement(dialect);

    private SqlText Rows(OrderSql order) =>
        SqlText.Of($"select user_id, organization_id, {dialect.Address}{order.Columns} from {dialect.Table}");

    private SqlText Where(Condition? filter, params IEnumerable<SqlText?> seeks) =>
        dialect.Where(seeks.Prepend(filter is null ? null : new FilterSql(dialect).Write(filter)));
}
