using System.Globalization;
using UserReports.Core.Reports;

namespace UserReports.Sources.Schema;

/// <summary>
/// Reads the fields of one row. What cannot be read costs its field: it is absent, and a warning says of which row.
/// </summary>
/// <param name="Kind">What the row is of: <c>account</c>.</param>
/// <param name="Key">The row's id; null for <paramref name="Number"/>.</param>
internal readonly record struct FieldReader(
    SourceRow Row,
    string Kind,
    string? Key,
    long Number,
    Action<DataWarning> Warn
)
{
    /// <summary>A row by an id that is text.</summary>
    public FieldReader(SourceRow row, string kind, string key, Action<DataWarning> warn)
        : this(row, kind, key, 0, warn) { }

    /// <summary>A row by an id that is a number.</summary>
    public FieldReader(SourceRow row, string kind, long number, Action<DataWarning> warn)
        : this(row, kind, null, number, warn) { }

    /// <summary>Text or null.</summary>
    public string? Text(int column, string field)
    {
        if (!Row.TryText(column, out var text))
            Tell(field, "holds bytes that are no text in UTF-8; replacement characters stand for them.");
        return text;
    }

    /// <summary>Text where there is always some.</summary>
    public string TextOrEmpty(int column, string field)
    {
        if (Text(column, field) is { } text)
            return text;
        Tell(field, "is null; it counts as empty.");
        return "";
    }

    /// <summary>True, false or null.</summary>
    public bool? Flag(int column, string field)
    {
        if (!Row.TryFlag(column, out var flag))
            TellUnreadable(field, ValueKind.Flag);
        return flag;
    }

    /// <summary>A whole number or null.</summary>
    public long? Integer(int column, string field)
    {
        if (!Row.TryInteger(column, out var number))
            TellUnreadable(field, ValueKind.Integer);
        return number;
    }

    /// <summary>A decimal number or null.</summary>
    public decimal? Decimal(int column, string field)
    {
        if (!Row.TryDecimal(column, out var number))
            TellUnreadable(field, ValueKind.Decimal);
        return number;
    }

    /// <summary>An instant or null.</summary>
    public DateTimeOffset? Instant(int column, string field)
    {
        if (!Row.TryInstant(column, out var instant))
            TellUnreadable(field, ValueKind.Instant);
        return instant;
    }

    /// <summary>JSON or null.</summary>
    public JsonText? Json(int column, string field)
    {
        if (!Row.TryJson(column, out var json))
        {
            if (json is null)
                TellUnreadable(field, ValueKind.Json);
            else
                Tell(field, "holds bytes that are no text in UTF-8; replacement characters stand for them.");
        }

        return json;
    }

    /// <summary>Tells that a value is none of what is wanted.</summary>
    public void TellUnreadable(string field, ValueKind kind) =>
        Tell(
            field,
            kind == ValueKind.Instant
                ? "holds no instant that a calendar has; it counts as absent."
                : $"cannot be read as {SourceColumn.Words(kind)}; it counts as absent."
        );

    /// <summary>Tells something of a field of this row.</summary>
    public void Tell(string field, string problem) => Warn(new(Subject, $"{field} {problem}"));

    /// <summary>Tells something of this row.</summary>
    public void Tell(string problem) => Warn(new(Subject, problem));

    private string Subject => $"{Kind} {Key ?? Number.ToString(CultureInfo.InvariantCulture)}";
}
