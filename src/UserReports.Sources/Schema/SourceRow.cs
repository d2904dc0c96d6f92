using System.Data.Common;
using System.Text;
using System.Text.Unicode;
using Npgsql;
using NpgsqlTypes;
using UserReports.Core.Reports;

namespace UserReports.Sources.Schema;

/// <summary>One row of a result, read by column number; the same for both engines.</summary>
/// <remarks>
/// What <see cref="SourceColumns.Value"/> selected is read by the methods that begin with <c>Try</c>: a value that is
/// none of what is wanted makes them false, and never costs more than itself. A session's text is UTF-8, whatever the
/// database keeps; only a database of SQL_ASCII, which does not know what it keeps, sends bytes that are none.
/// </remarks>
public sealed class SourceRow(DbDataReader reader)
{
    private readonly bool isPostgres = reader is NpgsqlDataReader;

    private readonly Form[] forms =
    [
        .. Enumerable.Range(0, reader.FieldCount).Select(column => FormOf(reader, column)),
    ];

    private enum Form
    {
        Other,
        Short,
        Int,
        Text,
        Json,
    }

    /// <summary>True if the value is null.</summary>
    public bool IsNull(int column) => reader.IsDBNull(column);

    /// <summary>Text that is never null; bytes that are no text are replaced.</summary>
    public string Text(int column)
    {
        TryText(column, out var text);
        return text ?? throw new InvalidCastException($"Column {column} of a result is null.");
    }

    /// <summary>Text or null; bytes that are no text are replaced.</summary>
    public string? TextOrNull(int column)
    {
        TryText(column, out var text);
        return text;
    }

    /// <summary>
    /// Text or null. False for bytes that are no text, of which the text shows replacement characters.
    /// </summary>
    public bool TryText(int column, out string? text)
    {
        text = null;
        if (reader.IsDBNull(column))
            return true;
        try
        {
            text = reader.GetString(column);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(column));
            return false;
        }
    }

    /// <summary>A whole number of any width that is never null.</summary>
    public long Integer(int column) =>
        forms[column] switch
        {
            Form.Int => reader.GetInt32(column),
            Form.Short => reader.GetInt16(column),
            _ => reader.GetInt64(column),
        };

    /// <summary>A whole number or null.</summary>
    public bool TryInteger(int column, out long? number)
    {
        number = null;
        if (reader.IsDBNull(column))
            return true;
        if (forms[column] != Form.Text)
        {
            number = Integer(column);
            return true;
        }

        return SourceText.TryInteger(TextOrNull(column)!, out number);
    }

    /// <summary>A floating-point number, never null.</summary>
    public double Double(int column) => reader.GetDouble(column);

    /// <summary>The block of a row's place (<c>ctid</c>) in a table of PostgreSQL.</summary>
    public uint Block(int column) => reader.GetFieldValue<NpgsqlTid>(column).BlockNumber;

    /// <summary>A decimal number or null.</summary>
    public bool TryDecimal(int column, out decimal? number)
    {
        number = null;
        return reader.IsDBNull(column) || SourceText.TryDecimal(TextOrNull(column)!, out number);
    }

    /// <summary>True or false, never null.</summary>
    public bool Flag(int column) => reader.GetBoolean(column);

    /// <summary>True, false or null.</summary>
    public bool TryFlag(int column, out bool? flag)
    {
        flag = null;
        if (reader.IsDBNull(column))
            return true;
        if (forms[column] != Form.Text)
        {
            flag = reader.GetBoolean(column);
            return true;
        }

        return SourceText.TryFlag(TextOrNull(column)!, out flag);
    }

    /// <summary>
    /// A JSON value or null; JSON's own null is null. False, and null, for text that is no JSON; false for bytes that
    /// are no text, which are replaced.
    /// </summary>
    public bool TryJson(int column, out JsonText? json)
    {
        json = null;
        if (reader.IsDBNull(column))
            return true;
        var utf8 = isPostgres ? reader.GetFieldValue<byte[]>(column) : Encoding.UTF8.GetBytes(reader.GetString(column));
        var isText = Utf8.IsValid(utf8);
        if (!isText)
            utf8 = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8));
        json = forms[column] == Form.Json ? JsonText.Trusted(utf8) : JsonText.TryParse(utf8);
        if (json is null)
            return false;
        if (json.Utf8.SequenceEqual("null"u8))
            json = null;
        return isText;
    }

    /// <summary>
    /// An instant or null. False, and null, for one that no calendar here has: infinity, before year 1, after 9999; and
    /// for a text that is neither an instant nor seconds since 1970.
    /// </summary>
    public bool TryInstant(int column, out DateTimeOffset? instant)
    {
        instant = null;
        if (reader.IsDBNull(column))
            return true;
        if (forms[column] == Form.Text)
            return SourceText.TryInstant(TextOrNull(column)!, out instant);
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

    private static Form FormOf(DbDataReader reader, int column) =>
        reader is NpgsqlDataReader && reader.GetDataTypeName(column) is "jsonb" or "json"
            ? Form.Json
            : Type.GetTypeCode(reader.GetFieldType(column)) switch
            {
                TypeCode.Int16 => Form.Short,
                TypeCode.Int32 => Form.Int,
                TypeCode.String => Form.Text,
                _ => Form.Other,
            };
}
