using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace UserReports.Workspace.Moving;

/// <summary>A table as both engines have it.</summary>
/// <param name="Columns">Their names, each with the type of its values.</param>
internal sealed record MoveTable(string Name, IReadOnlyList<(string Name, Type Type)> Columns)
{
    public string Select => $"select {Names} from \"{Name}\"";

    public string Insert =>
        $"insert into \"{Name}\" ({Names}) values ({string.Join(", ", Columns.Select((_, i) => $"@p{i}"))})";

    public string Count => $"select count(*) from \"{Name}\"";

    private string Names => string.Join(", ", Columns.Select(column => $"\"{column.Name}\""));

    /// <summary>Every table of a model, by name.</summary>
    public static IReadOnlyList<MoveTable> Of(IModel model) =>
        [
            .. model
                .GetEntityTypes()
                .Select(entity => new MoveTable(
                    entity.GetTableName()!,
                    [
                        .. entity
                            .GetProperties()
                            .Select(property =>
                                (
                                    property.GetColumnName(),
                                    Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType
                                )
                            ),
                    ]
                ))
                .OrderBy(table => table.Name, StringComparer.Ordinal),
        ];

    /// <summary>A row's values, as the other engine takes them: a file tells flags and numbers alike.</summary>
    public IReadOnlyList<object?> Read(DbDataReader row)
    {
        var values = new object?[Columns.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = row.IsDBNull(i) ? null : Value(row, i, Columns[i].Type);
        return values;
    }

    private static object Value(DbDataReader row, int column, Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Int64 => row.GetInt64(column),
            TypeCode.Int32 => row.GetInt32(column),
            TypeCode.Boolean => row.GetBoolean(column),
            TypeCode.String => row.GetString(column),
            _ => throw new InvalidOperationException($"Columns of the type {type.Name} are not moved yet."),
        };
}
