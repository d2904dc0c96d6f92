using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Server.Explorer.State;
using UserReports.Server.Explorer.Table;
using UserReports.Store.History;

namespace UserReports.Server.Explorer.History;

/// <summary>A compared field as a column: those of the query, which are the reason, then those of the table.</summary>
public sealed class ComparedColumn
{
    private readonly bool isOfTable;

    private ComparedColumn(ComparedField field)
    {
        Field = field;
        var key = field.ToString();
        isOfTable = TableColumns.Find(key) is not null;
        Column = TableColumns.Find(key) ?? new(key, field.Path.Field, null, key, "", 0);
    }

    /// <summary>The column that stands before them.</summary>
    public static TableColumn Account { get; } = TableColumns.Find("username")!;

    /// <summary>What is compared.</summary>
    public ComparedField Field { get; }

    /// <summary>How it is shown.</summary>
    public TableColumn Column { get; }

    /// <summary>The columns of a comparison, each field once. Names of accounts stand before them, whether chosen or
    /// not.</summary>
    /// <param name="query">Null for one that has a fault, which names nothing.</param>
    public static IReadOnlyList<ComparedColumn> Of(ReportQuery? query, IReadOnlyList<ColumnChoice> choices) =>
        [
            .. ComparedField
                .Of(query?.Filter)
                .Concat(
                    choices
                        .Where(choice => choice.Key != Account.Key)
                        .Select(choice => FieldOf(choice.Key))
                        .OfType<ComparedField>()
                )
                .DistinctBy(field => field.ToString())
                .Select(field => new ComparedColumn(field)),
        ];

    /// <summary>The compared fields as a request names them.</summary>
    public static string PathsOf(IReadOnlyList<ComparedColumn> columns) =>
        string.Join(',', columns.Select(column => column.Field));

    /// <summary>The cell of a row.</summary>
    /// <param name="was">The earlier document; null where there was none.</param>
    /// <param name="present">The later one.</param>
    public ComparedCell Read(JsonElement? was, JsonElement? present) =>
        new(
            was is { } before ? Read(before) : null,
            present is { } now ? Read(now) : null,
            was is { } then && present is { } later && Field.Read(then) != Field.Read(later)
        );

    private CellValue Read(JsonElement document)
    {
        if (isOfTable)
            return CellValue.Read(document, Column);
        if (Field.Read(document) is not { } json)
            return new();
        var value = JsonElement.Parse(json);
        return new(value.ValueKind == JsonValueKind.String ? value.GetString() : json);
    }

    private static ComparedField? FieldOf(string key) =>
        QueryCompiler.FindPath(key) is var (path, _) ? ComparedField.Of(path) : null;
}

/// <summary>A value then and now.</summary>
/// <param name="Was">Null where there was no such row.</param>
/// <param name="Is">Null where there is no such row.</param>
/// <param name="Differs">There was and is one, and the value is another.</param>
public sealed record ComparedCell(CellValue? Was, CellValue? Is, bool Differs);
