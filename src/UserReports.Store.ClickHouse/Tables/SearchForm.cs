using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;

namespace UserReports.Store.ClickHouse.Tables;

/// <summary>
/// Lists of the catalogue and free-form JSON in the form in which they are searched: JSON of objects, lists and texts
/// alone, so that no number is rounded and no escape refused by whoever reads it.
/// </summary>
/// <remarks>
/// <para>A text is <c>s…</c>; a number <c>n</c>, a text that sorts as the number does, a space and its digits; an
/// instant <c>d</c> and microseconds since 1970; <c>t</c> and <c>f</c> are true and false, <c>x</c> a text that no
/// engine has.</para>
/// <para>A member is called <c>k</c> and its name, a list is an object with the member <c>a</c>; so no place in a list
/// is taken for a name. A value of free-form JSON that is no scalar has <c>o</c>, where it stands in <c>t</c> of the
/// outermost one, its text: <c>start:length</c>, in bytes.</para>
/// </remarks>
internal sealed class SearchForm : IDisposable
{
    public const string List = "a";
    public const string Place = "o";
    public const string Whole = "t";
    public const string Member = "k";

    /// <summary>Deeper values are not searched: readers of JSON take no more.</summary>
    private const int DepthMax = 300;

    private readonly ArrayBufferWriter<byte> text = new();
    private readonly Utf8JsonWriter json;

    public SearchForm() =>
        json = new(
            text,
            new()
            {
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                SkipValidation = true,
                MaxDepth = 4 * DepthMax,
            }
        );

    /// <summary>A number, of which what follows the space are the digits.</summary>
    public static string Number(ExactNumber number, string digits) => $"n{number.ToOrdinalText()} {digits}";

    /// <summary>Elements of a list of the catalogue; good until the next call.</summary>
    public ReadOnlySpan<byte> Of(Field list, IReadOnlyList<object> elements)
    {
        Begin();
        Write(list, elements);
        return End();
    }

    /// <summary>A value of free-form JSON; good until the next call.</summary>
    public ReadOnlySpan<byte> Of(JsonText value)
    {
        Begin();
        Write(value);
        return End();
    }

    /// <summary>
    /// Microseconds since 1970, but whole seconds where those are shown: what is shown is what is compared, and an
    /// instant pasted from a report finds that report.
    /// </summary>
    public static long Microseconds(DateTimeOffset instant, InstantFormat format)
    {
        var ticks = instant.UtcTicks;
        var shown = format == InstantFormat.Zulu ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMicrosecond;
        return (ticks - (ticks % shown) - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
    }

    /// <inheritdoc/>
    public void Dispose() => json.Dispose();

    private void Begin()
    {
        text.ResetWrittenCount();
        json.Reset(text);
    }

    private ReadOnlySpan<byte> End()
    {
        json.Flush();
        return text.WrittenSpan;
    }

    private void Write(Field list, IReadOnlyList<object> elements)
    {
        json.WriteStartObject();
        json.WriteStartArray(List);
        foreach (var element in elements)
            WriteObject(list.Children, element);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteObject(IReadOnlyList<Field> fields, object owner)
    {
        json.WriteStartObject();
        foreach (var field in fields)
        {
            if (field.Kind == FieldKind.Object)
            {
                if (field.ReadObject(owner) is { } within)
                {
                    json.WritePropertyName(Member + field.Name);
                    WriteObject(field.Children, within);
                }
            }
            else if (field.Kind == FieldKind.List)
            {
                json.WritePropertyName(Member + field.Name);
                Write(field, field.ReadList(owner));
            }
            else if (field.Kind == FieldKind.Json)
            {
                if (field.ReadJson(owner) is { } value && !IsNull(value))
                {
                    json.WritePropertyName(Member + field.Name);
                    Write(value);
                }
            }
            else if (Scalar(field, owner) is { } scalar)
            {
                json.WriteString(Member + field.Name, scalar);
            }
        }

        json.WriteEndObject();
    }

    private static string? Scalar(Field field, object owner) =>
        field.Kind switch
        {
            FieldKind.Text => field.ReadText(owner) is { } text ? "s" + text : null,
            FieldKind.Boolean => field.ReadBoolean(owner) is { } flag ? Boolean(flag) : null,
            FieldKind.Integer => field.ReadInteger(owner) is { } number
                ? Number(number, number.ToString(CultureInfo.InvariantCulture))
                : null,
            FieldKind.Decimal => field.ReadDecimal(owner) is { } number
                ? Number(number, number.ToString(CultureInfo.InvariantCulture))
                : null,
            FieldKind.Instant => field.ReadInstant(owner) is { } instant
                ? "d" + Microseconds(instant, field.InstantFormat).ToString(CultureInfo.InvariantCulture)
                : null,
            _ => throw new NotSupportedException($"{field} is no scalar."),
        };

    private static string Boolean(bool flag) => flag ? "t" : "f";

    private static bool IsNull(JsonText value) => value.Utf8.Trim(" \t\r\n"u8).SequenceEqual("null"u8);

    private void Write(JsonText value)
    {
        var reader = new Utf8JsonReader(value.Utf8, new JsonReaderOptions { MaxDepth = JsonText.DepthMax });
        reader.Read();
        Write(ref reader, value, 0);
    }

    /// <summary>The value at the reader's place, behind which the reader then is.</summary>
    private void Write(ref Utf8JsonReader reader, JsonText whole, int depth)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray when depth < DepthMax:
                WriteContainer(ref reader, whole, depth);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                reader.Skip();
                json.WriteStringValue("x");
                break;
            case JsonTokenType.String:
                json.WriteStringValue(TextOf(ref reader) is { } text ? "s" + text : "x");
                break;
            case JsonTokenType.Number:
                var digits = System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
                json.WriteStringValue(Number(ExactNumber.Parse(digits), digits));
                break;
            case JsonTokenType.True or JsonTokenType.False:
                json.WriteStringValue(Boolean(reader.TokenType == JsonTokenType.True));
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private void WriteContainer(ref Utf8JsonReader reader, JsonText whole, int depth)
    {
        var start = (int)reader.TokenStartIndex;
        var end = reader;
        end.Skip();
        json.WriteStartObject();
        json.WriteString(
            Place,
            string.Create(CultureInfo.InvariantCulture, $"{start}:{(int)end.BytesConsumed - start}")
        );
        if (depth == 0)
            json.WriteString(Whole, whole.Utf8);
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            json.WriteStartArray(List);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                Write(ref reader, whole, depth + 1);
            json.WriteEndArray();
        }
        else
        {
            WriteMembers(ref reader, whole, depth);
        }

        json.WriteEndObject();
    }

    /// <summary>Of several members of the same name the last counts, whatever it is.</summary>
    private void WriteMembers(ref Utf8JsonReader reader, JsonText whole, int depth)
    {
        Dictionary<string, int> last = new(StringComparer.Ordinal);
        var look = reader;
        for (var at = 0; look.Read() && look.TokenType == JsonTokenType.PropertyName; at++)
        {
            if (TextOf(ref look) is { } name)
                last[name] = at;
            look.Skip();
        }

        for (var at = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; at++)
        {
            var name = TextOf(ref reader);
            reader.Read();
            if (name is null || last[name] != at || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
                continue;
            }

            json.WritePropertyName(Member + name);
            Write(ref reader, whole, depth + 1);
        }
    }

    /// <summary>Null for a text with escapes that no text has.</summary>
    private static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
