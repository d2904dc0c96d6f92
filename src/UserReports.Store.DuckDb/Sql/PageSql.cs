using System.Globalization;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>The statements that answer a query: how many rows, and where the documents of one page are.</summary>
/// <remarks>
/// Only the order keys and the address of the document are read; nulls come last both ways, and ties end on (user id,
/// organisation id), so that every row has one place and pages never overlap.
/// </remarks>
public static class PageSql
{
    /// <summary>How many rows a filter means.</summary>
    public static (string Sql, SqlParameters Parameters) Count(Condition? filter)
    {
        var parameters = new SqlParameters();
        return ($"select count(*) from reports{Where(filter, parameters)}", parameters);
    }

    /// <summary>The addresses of a query's rows in its order: of all, or of those between two places.</summary>
    public static (string Sql, SqlParameters Parameters) Documents(ReportQuery query, PageKey? after, PageKey? before)
    {
        var parameters = new SqlParameters();
        var keys = query.Ordering.Select(term => KeyOf(term.Path, parameters)).ToList();
        var sql =
            "select document from reports"
            + Where(
                query.Filter,
                parameters,
                after is null ? null : Seek(query.Ordering, keys, after with { Backward = false }, parameters),
                before is null ? null : Seek(query.Ordering, keys, before with { Backward = true }, parameters)
            )
            + OrderBy(query.Ordering, keys, backward: false);
        return (sql, parameters);
    }

    /// <summary>The addresses of a filter's rows, in no order.</summary>
    public static (string Sql, SqlParameters Parameters) Matches(Condition filter)
    {
        var parameters = new SqlParameters();
        return ($"select document from reports{Where(filter, parameters)}", parameters);
    }

    /// <summary>Some of all rows, chosen at random, in order and in the columns of a page.</summary>
    public static (string Sql, SqlParameters Parameters) Sample(IReadOnlyList<OrderTerm> ordering, int rows)
    {
        var parameters = new SqlParameters();
        var columns = KeyColumns(ordering.Select(term => KeyOf(term.Path, parameters)));
        List<string> keys = [.. ordering.Select((_, i) => $"k{i.ToString(CultureInfo.InvariantCulture)}")];
        return (
            $"select * from (select user_id, organization_id, document{columns} from reports "
                + $"using sample reservoir({rows.ToString(CultureInfo.InvariantCulture)} rows))"
                + OrderBy(ordering, keys, backward: false),
            parameters
        );
    }

    /// <summary>
    /// The rows of a page: user id, organisation id, address, then a column per ordering term. With a backward key they
    /// come in reverse.
    /// </summary>
    /// <param name="limit">Rows at the most.</param>
    public static (string Sql, SqlParameters Parameters) Page(ReportQuery query, long limit, long offset, PageKey? key)
    {
        var parameters = new SqlParameters();
        var keys = query.Ordering.Select(term => KeyOf(term.Path, parameters)).ToList();
        var backward = key?.Backward ?? false;
        var seek = key is null ? null : Seek(query.Ordering, keys, key, parameters);
        var sql =
            $"select user_id, organization_id, document{KeyColumns(keys)} from reports"
            + Where(query.Filter, parameters, seek)
            + OrderBy(query.Ordering, keys, backward)
            + $" limit {limit.ToString(CultureInfo.InvariantCulture)}";
        if (offset > 0)
            sql += $" offset {offset.ToString(CultureInfo.InvariantCulture)}";
        return (sql, parameters);
    }

    /// <summary>
    /// An account's rows with their keys, in the columns of a page. Accounts grow with the table, so few blocks are
    /// read.
    /// </summary>
    public static (string Sql, SqlParameters Parameters) Account(IReadOnlyList<OrderTerm> ordering, long userId)
    {
        var parameters = new SqlParameters();
        var columns = KeyColumns(ordering.Select(term => KeyOf(term.Path, parameters)));
        return (
            $"select user_id, organization_id, document{columns} from reports where user_id = {parameters.Add(userId)}",
            parameters
        );
    }

    /// <summary>
    /// The rows of two documents, in the columns of a page. Documents grow with the table, so few blocks are read.
    /// </summary>
    public static (string Sql, SqlParameters Parameters) Rows(IReadOnlyList<OrderTerm> ordering, long first, long last)
    {
        var parameters = new SqlParameters();
        var columns = KeyColumns(ordering.Select(term => KeyOf(term.Path, parameters)));
        var rows = new[] { first, last }
            .Distinct()
            .Select(document =>
                $"select user_id, organization_id, document{columns} from reports where document = {parameters.Add(document)}"
            );
        return (string.Join(" union all ", rows), parameters);
    }

    private static string KeyColumns(IEnumerable<string> keys) =>
        string.Concat(keys.Select((key, i) => $", {key} as k{i.ToString(CultureInfo.InvariantCulture)}"));

    private static string OrderBy(IReadOnlyList<OrderTerm> ordering, List<string> keys, bool backward) =>
        " order by "
        + string.Join(
            ", ",
            ordering
                .Select((term, i) => Direction(keys[i], term.Descending, backward))
                .Append(Direction("user_id", false, backward))
                .Append(Direction("organization_id", false, backward))
        );

    private static string Where(Condition? filter, SqlParameters parameters, params ReadOnlySpan<string?> seeks)
    {
        var parts = new List<string>();
        if (filter is not null)
            parts.Add(new FilterSql(parameters).Write(filter));
        foreach (var seek in seeks)
        {
            if (seek is not null)
                parts.Add(seek);
        }

        return parts.Count == 0 ? "" : $" where {string.Join(" and ", parts)}";
    }

    /// <summary>The value of a path with one value per row.</summary>
    internal static string KeyOf(FieldPath path, SqlParameters parameters)
    {
        if (path.Elements.Count > 0)
            return ListElement(path, parameters);
        if (RowIdSql.Is(path))
            return RowIdSql.Text;
        return path.Kind == FieldKind.Json
            ? FreeFormSql.ExtractText(path, parameters)
            : ReportColumns.Quote(path.Field.Path);
    }

    /// <summary>A scalar of one list element; instants stand in JSON in a form that sorts as text.</summary>
    private static string ListElement(FieldPath path, SqlParameters parameters)
    {
        var steps = path.Steps.ToList();
        var first = steps.FindIndex(step => step.Kind == FieldKind.List);
        var element = 0;
        var pointer = "";
        foreach (var step in steps.Skip(first))
        {
            if (step != steps[first])
                pointer += $"/{step.Name}";
            if (step.Kind == FieldKind.List)
                pointer += $"/{path.Elements[element++]!.Value.ToString(CultureInfo.InvariantCulture)}";
        }

        if (path.Keys.Count > 0)
            pointer += FreeFormSql.Pointer(path.Keys);
        var text =
            $"json_extract_string(list_json({ReportColumns.Quote(steps[first].Path)}), {parameters.Add(pointer)})";
        return path.Kind switch
        {
            FieldKind.Integer => $"try_cast({text} as bigint)",
            FieldKind.Decimal => $"try_cast({text} as double)",
            _ => text,
        };
    }

    private static string Direction(string key, bool descending, bool backward) =>
        $"{key} {(descending != backward ? "desc" : "asc")} nulls {(backward ? "first" : "last")}";

    /// <summary>
    /// The rows behind (or before) a place: later in the first key, or equal in it and later in the next, and so on.
    /// </summary>
    private static string Seek(
        IReadOnlyList<OrderTerm> ordering,
        List<string> keys,
        PageKey key,
        SqlParameters parameters
    )
    {
        List<(string Key, bool Descending, object? Value)> places =
        [
            .. ordering.Select((term, i) => (keys[i], term.Descending, key.Values[i])),
            ("user_id", false, key.UserId),
            ("organization_id", false, key.OrganizationId),
        ];
        string? seek = null;
        for (var i = places.Count - 1; i >= 0; i--)
        {
            var (name, descending, value) = places[i];
            var parameter = value switch
            {
                null => null,
                DateTimeOffset instant => parameters.Add(instant),
                _ => parameters.Add(value),
            };
            var beyond = Beyond(name, descending, parameter, key.Backward);
            if (i == places.Count - 1)
            {
                seek = beyond ?? "false";
                continue;
            }

            var equal = parameter is null ? $"{name} is null" : $"{name} = {parameter}";
            seek = beyond is null ? $"({equal} and {seek})" : $"({beyond} or ({equal} and {seek}))";
        }

        return seek!;
    }

    /// <summary>
    /// Later than a value (earlier, if backward) in one key whose nulls come last; null if nothing is.
    /// </summary>
    private static string? Beyond(string key, bool descending, string? parameter, bool backward)
    {
        if (parameter is null)
            return backward ? $"{key} is not null" : null;
        var comparison = $"{key} {(descending != backward ? "<" : ">")} {parameter}";
        return backward ? comparison : $"({comparison} or {key} is null)";
    }
}
