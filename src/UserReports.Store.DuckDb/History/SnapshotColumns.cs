using UserReports.Core.Reports;
using UserReports.Store.DuckDb.History.Parquet;
using UserReports.Store.DuckDb.Native;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.History;

/// <summary>
/// The columns of a snapshot's file: which of the table's are written, and how those of a file that any version wrote
/// become the table's columns of this one.
/// </summary>
/// <remarks>
/// A file holds the columns of the table <c>reports</c> by their names, with lists as JSON and without the folded
/// copies of texts, which can be worked out. A field that the file does not know is null in each row.
/// </remarks>
internal static class SnapshotColumns
{
    private static readonly Dictionary<string, Field> Folded = Scalars(ReportCatalogue.Fields)
        .Where(field => field.IsSearched)
        .ToDictionary(ColumnNames.OfFolded, StringComparer.Ordinal);

    private static readonly Dictionary<string, Field> ByPath = All(ReportCatalogue.Fields)
        .ToDictionary(field => field.Path, StringComparer.Ordinal);

    /// <summary>The fields of the catalogue, by their paths, with their kinds.</summary>
    public static IReadOnlyDictionary<string, string> Fields { get; } =
        ByPath.ToDictionary(field => field.Key, field => NameOf(field.Value.Kind), StringComparer.Ordinal);

    /// <summary>The keys of free-form JSON that have columns of their own, by the field's path.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> KnownKeys { get; } =
        ByPath
            .Where(field => field.Value.Kind == FieldKind.Json)
            .ToDictionary(field => field.Key, field => field.Value.KnownKeys, StringComparer.Ordinal);

    /// <summary>What is selected from the table to be written.</summary>
    public static string Selection { get; } =
        string.Join(
            ", ",
            ReportColumns
                .All.Where(column => !Folded.ContainsKey(column.Name))
                .Select(column =>
                {
                    var name = ReportColumns.Quote(column.Name);
                    return column.SqlType == "BLOB" ? $"list_json({name}) as {name}" : name;
                })
        );

    /// <summary>What is selected from a file, to be asked as the table.</summary>
    /// <param name="columns">The file's columns, by their names, with their types.</param>
    /// <param name="notes">What the file says of itself.</param>
    /// <param name="changed">Takes the fields that have another type by now and cannot be asked for, with what they were
    /// and what they are.</param>
    public static string View(
        IReadOnlyDictionary<string, string> columns,
        SnapshotNotes notes,
        Dictionary<string, (string Was, string Now)> changed
    )
    {
        var keys = KnownKeys
            .SelectMany(field =>
                field.Value.Select(key =>
                    (Column: ColumnNames.OfKey(ByPath[field.Key], key), Field: field.Key, Key: key)
                )
            )
            .ToDictionary(key => key.Column, key => (key.Field, key.Key), StringComparer.Ordinal);
        return string.Join(
            ", ",
            ReportColumns.All.Select(column => $"{Read(column)} as {ReportColumns.Quote(column.Name)}")
        );

        string Read(ReportColumn column)
        {
            var type = column.SqlType == "BLOB" ? "VARCHAR" : column.SqlType;
            var nothing = $"null::{type}";
            if (Folded.TryGetValue(column.Name, out var text))
            {
                var read = Stored(text.Path, "VARCHAR", nothing);
                // Nearly every text has one byte a character, whose case the database folds by itself.
                return $"case when strlen({read}) = length({read}) then lower({read}) else casefold({read}) end";
            }

            if (keys.TryGetValue(column.Name, out var key) && !columns.ContainsKey(column.Name))
                return KeyOf(Stored(key.Field, "VARCHAR", nothing), key.Key);
            if (!ByPath.TryGetValue(column.Name, out var field))
                return Stored(column.Name, type, nothing);
            if (field.Kind == FieldKind.Json)
                return Rest(field, nothing);
            // What could not be null then was there in each row.
            if (field.Kind == FieldKind.Object && !columns.ContainsKey(column.Name))
                return notes.Fields.ContainsKey(column.Name) ? "true" : nothing;
            if (field.IsBelowList && !columns.ContainsKey(column.Name))
                return Collected(field, nothing);
            return Stored(column.Name, type, nothing);
        }

        string Stored(string name, string type, string nothing)
        {
            if (!columns.TryGetValue(name, out var stored))
                return nothing;
            var read = ReportColumns.Quote(name);
            if (stored == type)
                return read;
            if (IsExact(stored, type))
                return $"{read}::{type}";
            changed[name] = (notes.Fields.GetValueOrDefault(name, stored), Fields.GetValueOrDefault(name, type));
            return nothing;
        }

        // Of keys that had a column then and have none now the text is put back where the others are.
        string Rest(Field field, string nothing)
        {
            var rest = Stored(field.Path, "VARCHAR", nothing);
            foreach (var key in notes.KnownKeys.GetValueOrDefault(field.Path, []).Except(field.KnownKeys))
            {
                var column = ColumnNames.OfKey(field, key);
                if (!columns.ContainsKey(column))
                    continue;
                var value = ReportColumns.Quote(column);
                rest =
                    $"case when {value} is null then {rest} else json_merge_patch(coalesce({rest}, '{{}}'), json_object({Text(key)}, {value}))::varchar end";
            }

            return rest;
        }

        string Collected(Field leaf, string nothing)
        {
            var list = leaf;
            var way = "";
            for (; list.Parent is { } parent && !(list.Kind == FieldKind.List && !list.IsBelowList); list = parent)
                way = $".{list.Name}{(list.Kind == FieldKind.List ? "[*]" : "")}{way}";
            var stored = Stored(list.Path, "VARCHAR", "null::VARCHAR");
            return stored.StartsWith("null", StringComparison.Ordinal)
                ? nothing
                : $"(select nullif(list_filter(json_extract_string({stored}, {Text("$[*]" + way)}), lambda value: value is not null), []))";
        }
    }

    /// <summary>The kind of a field, as people call it.</summary>
    private static string NameOf(FieldKind kind) =>
        kind switch
        {
            FieldKind.Text => "text",
            FieldKind.Boolean => "boolean",
            FieldKind.Integer => "integer",
            FieldKind.Decimal => "decimal",
            FieldKind.Instant => "instant",
            FieldKind.Object => "object",
            FieldKind.List => "list",
            _ => "json",
        };

    /// <summary>Whether a value of one type is the same in another, and in its words.</summary>
    private static bool IsExact(string from, string to) =>
        (from, to) switch
        {
            ("INTEGER" or "SMALLINT" or "TINYINT", "BIGINT" or "DOUBLE") => true,
            ("BIGINT", "DOUBLE") => true,
            ("BIGINT" or "INTEGER" or "DOUBLE" or "BOOLEAN", "VARCHAR") => true,
            _ => false,
        };

    private static string KeyOf(string json, string key)
    {
        var pointer = Text(
            "/" + key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
        );
        return $"case when json_type({json}, {pointer}) = 'VARCHAR' then json_extract_string({json}, {pointer}) end";
    }

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static IEnumerable<Field> Scalars(IEnumerable<Field> fields) => All(fields).Where(field => field.IsScalar);

    private static IEnumerable<Field> All(IEnumerable<Field> fields) =>
        fields.SelectMany(field => All(field.Children).Prepend(field));
}
