namespace UserReports.Sources.Schema;

/// <summary>What a column of a source is, as far as reading it differs.</summary>
public enum SourceType
{
    /// <summary>Text of any length.</summary>
    Text,

    /// <summary>A whole number of at most 64 bits.</summary>
    Integer,

    /// <summary>A decimal number.</summary>
    Decimal,

    /// <summary>A floating-point number.</summary>
    Float,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An instant, or a local time that is taken for UTC.</summary>
    Instant,

    /// <summary>A calendar day.</summary>
    Date,

    /// <summary>JSON in a form whose members the database can look up whatever the value holds.</summary>
    BinaryJson,

    /// <summary>JSON that is kept as text.</summary>
    Json,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Any other type; the database can show it as text.</summary>
    Other,
}

/// <summary>What a column is read as.</summary>
public enum ValueKind
{
    /// <summary>The id of an account, by which every statement is bounded.</summary>
    AccountId,

    /// <summary>Text; identifiers are read so, whatever type the platform gives them.</summary>
    Text,

    /// <summary>An identifier, which in <c>stripe_data</c> may be the whole object that it names.</summary>
    Id,

    /// <summary>True or false, which the database decides upon.</summary>
    Condition,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A decimal number.</summary>
    Decimal,

    /// <summary>A number that the database adds up.</summary>
    Counter,

    /// <summary>An instant.</summary>
    Instant,

    /// <summary>A calendar day, which the database compares.</summary>
    Day,

    /// <summary>JSON.</summary>
    Json,
}

/// <summary>A column of a source.</summary>
/// <param name="TypeName">The type as the database calls it.</param>
public sealed record SourceColumn(SourceType Type, string TypeName)
{
    /// <summary>
    /// False if no value of this type can be read so. True says that the type will do: a single value may still be
    /// none.
    /// </summary>
    public bool CanBeReadAs(ValueKind kind) =>
        kind switch
        {
            ValueKind.AccountId => Type is SourceType.Integer,
            ValueKind.Text or ValueKind.Id => Type is not SourceType.Bytes,
            ValueKind.Condition => Type is SourceType.Boolean or SourceType.Integer,
            ValueKind.Flag => Type is SourceType.Boolean or SourceType.Integer or SourceType.Text,
            ValueKind.Integer or ValueKind.Decimal => Type
                is SourceType.Integer
                    or SourceType.Decimal
                    or SourceType.Float
                    or SourceType.Text,
            ValueKind.Counter => Type is SourceType.Integer or SourceType.Decimal or SourceType.Float,
            ValueKind.Instant => Type
                is SourceType.Instant
                    or SourceType.Date
                    or SourceType.Integer
                    or SourceType.Decimal
                    or SourceType.Float
                    or SourceType.Text,
            ValueKind.Day => Type is SourceType.Date or SourceType.Instant,
            _ => Type is SourceType.BinaryJson or SourceType.Json or SourceType.Text,
        };

    /// <summary>
    /// True if the value is read as it comes; else the database shows it as text, which is read then.
    /// </summary>
    public bool IsNaturally(ValueKind kind) =>
        kind switch
        {
            ValueKind.Text or ValueKind.Id => Type is SourceType.Text,
            ValueKind.AccountId or ValueKind.Integer => Type is SourceType.Integer,
            ValueKind.Flag => Type is SourceType.Boolean,
            ValueKind.Instant => Type is SourceType.Instant or SourceType.Date,
            ValueKind.Json => Type is SourceType.BinaryJson or SourceType.Json,
            _ => false,
        };

    /// <summary>The type by a name that PostgreSQL's catalogue (<c>typname</c>) or the embedded engine has.</summary>
    public static SourceType TypeOf(string name) =>
        name.ToUpperInvariant() switch
        {
            "TEXT" or "VARCHAR" => SourceType.Text,
            "INT2" or "INT4" or "INT8" or "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" => SourceType.Integer,
            "NUMERIC" or "HUGEINT" => SourceType.Decimal,
            "FLOAT4" or "FLOAT8" or "FLOAT" or "DOUBLE" => SourceType.Float,
            "BOOL" or "BOOLEAN" => SourceType.Boolean,
            "TIMESTAMPTZ" or "TIMESTAMP" or "TIMESTAMP WITH TIME ZONE" => SourceType.Instant,
            "DATE" => SourceType.Date,
            "JSONB" => SourceType.BinaryJson,
            "JSON" => SourceType.Json,
            "BYTEA" or "BLOB" => SourceType.Bytes,
            var other when other.StartsWith("DECIMAL(", StringComparison.Ordinal) => SourceType.Decimal,
            _ => SourceType.Other,
        };

    /// <summary>What is read, in words, as it ends a sentence that a value or a type cannot be read as …</summary>
    public static string Words(ValueKind kind) =>
        kind switch
        {
            ValueKind.AccountId => "the id of an account, a whole number",
            ValueKind.Condition or ValueKind.Flag => "true or false",
            ValueKind.Integer => "a whole number",
            ValueKind.Decimal or ValueKind.Counter => "a number",
            ValueKind.Instant => "an instant",
            ValueKind.Day => "a day",
            ValueKind.Json => "JSON",
            ValueKind.Id => "an identifier",
            _ => "text",
        };
}
