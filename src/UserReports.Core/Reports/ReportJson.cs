using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace UserReports.Core.Reports;

/// <summary>Writes reports as JSON, as the catalogue declares them. One instance serves one thread at a time.</summary>
public sealed class ReportJson : IDisposable
{
    /// <summary>
    /// Names and addresses stay readable: only what JSON itself asks for is escaped. Documents are served as
    /// <c>application/json</c> with <c>nosniff</c> and are never put into a page as they are.
    /// </summary>
    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly Node[] Top = [.. ReportCatalogue.Fields.Select(field => new Node(field))];

    private static readonly ConcurrentDictionary<Field, Node> Lists = new();

    private readonly Utf8JsonWriter writer = new(Stream.Null, WriterOptions);

    /// <summary>Appends the report as one JSON object, without a line break.</summary>
    public void Write(Report report, IBufferWriter<byte> output)
    {
        writer.Reset(output);
        writer.WriteStartObject();
        WriteMembers(Top, report);
        writer.WriteEndObject();
        writer.Flush();
    }

    /// <summary>The elements of one list of the catalogue, as a JSON list.</summary>
    public static string Render(Field list, IReadOnlyList<object> elements)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var json = new ReportJson();
        json.writer.Reset(output);
        json.WriteList(Lists.GetOrAdd(list, static field => new(field)), elements);
        json.writer.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    private void WriteMembers(Node[] nodes, object owner)
    {
        foreach (var node in nodes)
        {
            writer.WritePropertyName(node.Key);
            WriteValue(node, owner);
        }
    }

    private void WriteValue(Node node, object owner)
    {
        var field = node.Field;
        switch (field.Kind)
        {
            case FieldKind.Text:
                writer.WriteStringValue(field.ReadText(owner));
                break;
            case FieldKind.Boolean when field.ReadBoolean(owner) is { } flag:
                writer.WriteBooleanValue(flag);
                break;
            case FieldKind.Integer when field.ReadInteger(owner) is { } number:
                writer.WriteNumberValue(number);
                break;
            case FieldKind.Decimal when field.ReadDecimal(owner) is { } number:
                writer.WriteNumberValue(number);
                break;
            case FieldKind.Instant when field.ReadInstant(owner) is { } instant:
                WriteInstant(instant, field.InstantFormat);
                break;
            case FieldKind.Json when field.ReadJson(owner) is { } json:
                writer.WriteRawValue(json.Text, skipInputValidation: true);
                break;
            case FieldKind.Object when field.ReadObject(owner) is { } child:
                writer.WriteStartObject();
                WriteMembers(node.Children, child);
                writer.WriteEndObject();
                break;
            case FieldKind.List:
                WriteList(node, field.ReadList(owner));
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private void WriteList(Node node, IReadOnlyList<object> elements)
    {
        writer.WriteStartArray();
        foreach (var element in elements)
        {
            writer.WriteStartObject();
            WriteMembers(node.Children, element);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteInstant(DateTimeOffset instant, InstantFormat format)
    {
        // "O" gives yyyy-MM-ddTHH:mm:ss.fffffffZ: the first 19 characters are the whole seconds.
        Span<byte> text = stackalloc byte[28];
        Utf8Formatter.TryFormat(instant.UtcDateTime, text, out _, 'O');
        if (format == InstantFormat.Zulu)
        {
            text[19] = (byte)'Z';
            writer.WriteStringValue(text[..20]);
            return;
        }

        "+00:00"u8.CopyTo(text[19..]);
        writer.WriteStringValue(text[..25]);
    }

    private sealed class Node(Field field)
    {
        public Field Field { get; } = field;

        public JsonEncodedText Key { get; } = JsonEncodedText.Encode(field.Name);

        public Node[] Children { get; } = [.. field.Children.Select(child => new Node(child))];
    }
}
