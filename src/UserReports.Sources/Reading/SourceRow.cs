using System.Data.Common;
using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>One row of a result, read by column number; the same for both engines.</summary>
public sealed class SourceRow(DbDataReader reader)
{
    /// <summary>True if the value is null.</summary>
    public bool IsNull(int column) => reader.IsDBNull(column);

    /// <summary>Text that is never null.</summary>
    public string Text(int column) => reader.GetString(column);

    /// <summary>Text or null.</summary>
    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>A whole number of any width that is never null.</summary>
    public long Integer(int column) =>
        reader.GetFieldType(column) == typeof(int) ? reader.GetInt32(column) : reader.GetInt64(column);

    /// <summary>A whole number or null.</summary>
    public long? IntegerOrNull(int column) => reader.IsDBNull(column) ? null : Integer(column);

    /// <summary>A decimal number or null.</summary>
    public decimal? DecimalOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetDecimal(column);

    /// <summary>True or false, never null.</summary>
    public bool Flag(int column) => reader.GetBoolean(column);

    /// <summary>True, false or null.</summary>
    public bool? FlagOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetBoolean(column);

    /// <summary>A JSON value or null; JSON's own null is null.</summary>
    public JsonText? JsonOrNull(int column) =>
        reader.IsDBNull(column) || reader.GetString(column) is not { } text || text == "null"
            ? null
            : JsonText.Trusted(text);

    /// <summary>False for JSON that is neither an object nor null.</summary>
    public bool IsObjectOrNull(int column) =>
        JsonOrNull(column) is not { } json || json.Text.AsSpan().TrimStart() is ['{', ..];

    /// <summary>
    /// An instant or null. One that no calendar here has (infinity, before year 1, after 9999) is null too, and is
    /// told.
    /// </summary>
    public DateTimeOffset? InstantOrNull(int column, Action odd)
    {
        if (reader.IsDBNull(column))
            return null;
        try
        {
            var instant = reader.GetDateTime(column);
            // The drivers show infinity as the ends of their calendar.
            if (instant != DateTime.MaxValue && instant != DateTime.MinValue)
                return new(DateTime.SpecifyKind(instant, DateTimeKind.Utc));
        }
        catch (Exception e) when (e is InvalidCastException or OverflowException or ArgumentOutOfRangeException)
        {
            // Told below, as for infinity.
        }

        odd();
        return null;
    }
}
