using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>One row of a result, read by column number; the same for both engines.</summary>
public sealed class SourceRow(DbDataReader reader)
{
    private readonly bool isPostgres = reader is NpgsqlDataReader;

    private readonly bool[] isNarrow =
    [
        .. Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetFieldType(column) == typeof(int)),
    ];

    /// <summary>True if the value is null.</summary>
    public bool IsNull(int column) => reader.IsDBNull(column);

    /// <summary>Text that is never null.</summary>
    public string Text(int column) => reader.GetString(column);

    /// <summary>Text or null.</summary>
    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>A whole number of any width that is never null.</summary>
    public long Integer(int column) => isNarrow[column] ? reader.GetInt32(column) : reader.GetInt64(column);

    /// <summary>A whole number or null.</summary>
    public long? IntegerOrNull(int column) => reader.IsDBNull(column) ? null : Integer(column);

    /// <summary>A floating-point number, never null.</summary>
    public double Double(int column) => reader.GetDouble(column);

    /// <summary>The block of a row's place (<c>ctid</c>) in a table of PostgreSQL.</summary>
    public uint Block(int column) => reader.GetFieldValue<NpgsqlTid>(column).BlockNumber;

    /// <summary>A decimal number or null.</summary>
    public decimal? DecimalOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetDecimal(column);

    /// <summary>True or false, never null.</summary>
    public bool Flag(int column) => reader.GetBoolean(column);

    /// <summary>True, false or null.</summary>
    public bool? FlagOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetBoolean(column);

    /// <summary>A JSON value or null; JSON's own null is null.</summary>
    public JsonText? JsonOrNull(int column)
    {
        if (reader.IsDBNull(column))
            return null;
        var json = isPostgres
            ? JsonText.Trusted(reader.GetFieldValue<byte[]>(column))
            : JsonText.Trusted(reader.GetString(column));
        return json.Utf8.SequenceEqual("null"u8) ? null : json;
    }

    /// <summary>
    /// An instant or null. False, and null, for one that no calendar here has: infinity, before year 1, after 9999.
    /// </summary>
    public bool TryInstant(int column, out DateTimeOffset? instant)
    {
        instant = null;
        if (reader.IsDBNull(column))
            return true;
        try
        {
            var value = reader.GetDateTime(column);
            // The drivers show infinity as the ends of their calendar.
            if (value == DateTime.MaxValue || value == DateTime.MinValue)
                return false;
            instant = new(DateTime.SpecifyKind(value, DateTimeKind.Utc));
            return true;
        }
        catch (Exception e) when (e is InvalidCastException or OverflowException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }
}
