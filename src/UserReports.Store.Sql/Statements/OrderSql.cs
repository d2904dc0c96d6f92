using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Sql.Dialects;
using UserReports.Store.Sql.Filters;

namespace UserReports.Store.Sql.Statements;

/// <summary>
/// An order of rows, and places in it: nulls come last both ways, and ties end on (user id, organisation id), so that
/// every row has one place.
/// </summary>
/// <param name="keys">What each term orders by.</param>
internal sealed class OrderSql(IReadOnlyList<OrderTerm> terms, IReadOnlyList<SqlText> keys)
{
    private static readonly SqlText UserId = SqlText.Constant(ColumnNames.UserId);
    private static readonly SqlText OrganizationId = SqlText.Constant(ColumnNames.OrganizationId);

    /// <summary>The order of a query.</summary>
    public static OrderSql Of(IReadOnlyList<OrderTerm> terms, SqlDialect dialect) =>
        new(terms, [.. terms.Select(term => KeyOf(term.Path, dialect))]);

    /// <summary>The same, where the keys have been selected under their names.</summary>
    public OrderSql ByName() => new(terms, [.. keys.Select((_, i) => Name(i))]);

    /// <summary>The keys as columns, each behind a comma.</summary>
    public SqlText Columns => SqlText.Join("", keys.Select((key, i) => SqlText.Of($", {key} as {Name(i)}")));

    /// <summary>The value of a path with one value per row.</summary>
    public static SqlText KeyOf(FieldPath path, SqlDialect dialect)
    {
        if (path.Elements.Count > 0)
            return dialect.Lists.ElementAt(path);
        if (RowIdSql.Is(path))
            return dialect.RowName;
        return path.Kind == FieldKind.Json ? new FreeFormSql(dialect).TextOf(path) : ColumnNames.Column(path.Field);
    }

    /// <summary>With a space before it.</summary>
    public SqlText OrderBy(bool backward) =>
        SqlText.Of(
            $" order by {SqlText.Join(", ", Places(null).Select(place => Direction(place.Key, place.Descending, backward)))}"
        );

    /// <summary>
    /// The rows behind (or before) a place: later in the first key, or equal in it and later in the next, and so on.
    /// </summary>
    public SqlText Beyond(PageKey place)
    {
        SqlText? seek = null;
        foreach (var (key, descending, value) in Enumerable.Reverse(Places(place)))
        {
            var beyond = Beyond(key, descending, value, place.Backward);
            if (seek is null)
            {
                seek = beyond ?? SqlText.False;
                continue;
            }

            var equal = value is null ? SqlText.Of($"{key} is null") : SqlText.Of($"{key} = {value}");
            seek = beyond is null
                ? SqlText.Of($"({equal} and {seek})")
                : SqlText.Of($"({beyond} or ({equal} and {seek}))");
        }

        return seek!;
    }

    private List<(SqlText Key, bool Descending, SqlText? Value)> Places(PageKey? place) =>
        [
            .. terms.Select((term, i) => (keys[i], term.Descending, ValueOf(place?.Values[i]))),
            (UserId, false, ValueOf(place?.UserId)),
            (OrganizationId, false, ValueOf(place?.OrganizationId)),
        ];

    private static SqlText? ValueOf(object? value) => value is null ? null : SqlText.Value(value);

    private static SqlText Name(int index) => SqlText.Numbered("k", index);

    private static SqlText Direction(SqlText key, bool descending, bool backward) =>
        (descending != backward, backward) switch
        {
            (true, true) => SqlText.Of($"{key} desc nulls first"),
            (true, false) => SqlText.Of($"{key} desc nulls last"),
            (false, true) => SqlText.Of($"{key} asc nulls first"),
            (false, false) => SqlText.Of($"{key} asc nulls last"),
        };

    /// <summary>
    /// Later than a value (earlier, if backward) in one key whose nulls come last; null if nothing is.
    /// </summary>
    private static SqlText? Beyond(SqlText key, bool descending, SqlText? value, bool backward)
    {
        if (value is null)
            return backward ? SqlText.Of($"{key} is not null") : null;
        var comparison = descending != backward ? SqlText.Of($"{key} < {value}") : SqlText.Of($"{key} > {value}");
        return backward ? comparison : SqlText.Of($"({comparison} or {key} is null)");
    }
}
