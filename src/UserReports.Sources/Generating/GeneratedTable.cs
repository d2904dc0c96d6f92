using System.Globalization;

namespace UserReports.Sources.Generating;

/// <summary>What a generated column holds.</summary>
public enum ColumnKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A 32-bit whole number.</summary>
    Integer,

    /// <summary>A 64-bit whole number.</summary>
    BigInteger,

    /// <summary>A decimal number, which is of some size.</summary>
    Decimal,

    /// <summary>An instant.</summary>
    Instant,

    /// <summary>A calendar day.</summary>
    Date,

    /// <summary>JSON.</summary>
    Json,
}

/// <summary>A table of a generated source: its columns, and the columns that are looked up by.</summary>
/// <param name="Columns">Every column but the first may be null.</param>
/// <param name="Indexes">Column lists; one that begins with <c>unique </c> is unique. The embedded engine needs
/// none.</param>
public sealed record GeneratedTable(
    string Name,
    IReadOnlyList<(string Name, ColumnKind Kind, string Size)> Columns,
    IReadOnlyList<string> Indexes
)
{
    /// <summary>The statement that makes the table.</summary>
    public string CreateStatement(bool embedded) =>
        $"create table {Name} ({string.Join(", ", Columns.Select(c => $"\"{c.Name}\" {SqlType(c.Kind, embedded)}{c.Size}"))})";

    /// <summary>The statements that make its indexes, to be run once the table is filled.</summary>
    public IEnumerable<string> IndexStatements() =>
        Indexes.Select(
            (columns, i) =>
            {
                var unique = columns.StartsWith("unique ", StringComparison.Ordinal);
                var list = unique ? columns["unique ".Length..] : columns;
                return $"create {(unique ? "unique " : "")}index {Name}_{i.ToString(CultureInfo.InvariantCulture)} on {Name} ({list})";
            }
        );

    /// <summary>A table from a short text: <c>id:integer fee:decimal(5,2) …</c>.</summary>
    internal static GeneratedTable Of(string name, string columns, params IReadOnlyList<string> indexes) =>
        new(
            name,
            [
                .. columns
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(c => c.Split(':'))
                    .Select(c =>
                        (
                            c[0],
                            c[1].Split('(')[0] switch
                            {
                                "text" => ColumnKind.Text,
                                "bool" => ColumnKind.Boolean,
                                "int" => ColumnKind.Integer,
                                "bigint" => ColumnKind.BigInteger,
                                "decimal" => ColumnKind.Decimal,
                                "instant" => ColumnKind.Instant,
                                "date" => ColumnKind.Date,
                                _ => ColumnKind.Json,
                            },
                            c[1][c[1].Split('(')[0].Length..]
                        )
                    ),
            ],
            indexes
        );

    private static string SqlType(ColumnKind kind, bool embedded) =>
        kind switch
        {
            ColumnKind.Text => "varchar",
            ColumnKind.Boolean => "boolean",
            ColumnKind.Integer => "integer",
            ColumnKind.BigInteger => "bigint",
            ColumnKind.Decimal => "decimal",
            ColumnKind.Instant => embedded ? "timestamp" : "timestamptz",
            ColumnKind.Date => "date",
            _ => embedded ? "json" : "jsonb",
        };
}
