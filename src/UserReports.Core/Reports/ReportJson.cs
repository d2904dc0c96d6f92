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

    /// <summary>More than the longest number there is.</summary>
    private const int NumberBytesMax = 40;

    private static readonly Node[] Top = Node.Of(ReportCatalogue.Fields);

    private static readonly ConcurrentDictionary<Field, Node> Lists = new();

    /// <summary>What needs no escape, and one byte a character.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Except(['"', '\\']),
    ]);

    [ThreadStatic]
    private static ReportJson? ofThread;

    private readonly ArrayBufferWriter<byte> escaped = new(256);
    private readonly Utf8JsonWriter escaping;
    private byte[] text = new byte[16 * 1024];
    private int length;

    /// <summary>
    /// The list that <see cref="Render"/> has just made: a report's own document mostly follows, which holds it too.
    /// </summary>
    private IReadOnlyList<object>? rendered;

    /// <summary>Nothing written yet.</summary>
    public ReportJson() => escaping = new(escaped, WriterOptions);

    /// <summary>Appends the report as one JSON object, without a line break.</summary>
    public void Write(Report report, IBufferWriter<byte> output) => output.Write(Write(report));

    /// <summary>The report as one JSON object, without a line break; good until the next call.</summary>
    public ReadOnlySpan<byte> Write(Report report)
    {
        length = 0;
        WriteMembers(Top, report);
        return text.AsSpan(0, length);
    }

    /// <summary>
    /// The elements of one list of the catalogue, as a JSON list; good until the next call on the same thread.
    /// </summary>
    public static ReadOnlySpan<byte> Render(Field list, IReadOnlyList<object> elements)
    {
        var json = ofThread ??= new();
        json.length = 0;
        json.rendered = null;
        json.WriteList(Lists.GetOrAdd(list, static field => new(field)), elements);
        json.rendered = elements;
        return json.text.AsSpan(0, json.length);
    }

    /// <inheritdoc/>
    public void Dispose() => escaping.Dispose();

    private void WriteMembers(Node[] nodes, object owner)
    {
        foreach (var node in nodes)
        {
            Put(node.Key);
            WriteValue(node, owner);
        }

        Put("}"u8);
    }

    private void WriteValue(Node node, object owner)
    {
        var field = node.Field;
        switch (field.Kind)
        {
            case FieldKind.Text when field.ReadText(owner) is { } value:
                WriteText(value);
                break;
            case FieldKind.Boolean when field.ReadBoolean(owner) is { } flag:
                Put(flag ? "true"u8 : "false"u8);
                break;
            case FieldKind.Integer when field.ReadInteger(owner) is { } number:
                Utf8Formatter.TryFormat(number, Room(NumberBytesMax), out var digits);
                length += digits;
                break;
            case FieldKind.Decimal when field.ReadDecimal(owner) is { } number:
                Utf8Formatter.TryFormat(number, Room(NumberBytesMax), out var characters);
                length += characters;
                break;
            case FieldKind.Instant when field.ReadInstant(owner) is { } instant:
                WriteInstant(instant, field.InstantFormat);
                break;
            case FieldKind.Json when field.ReadJson(owner) is { } json:
                length += Encoding.UTF8.GetBytes(json.Text, Room(Encoding.UTF8.GetMaxByteCount(json.Text.Length)));
                break;
            case FieldKind.Object when field.ReadObject(owner) is { } child:
                WriteMembers(node.Children, child);
                break;
            case FieldKind.List:
                WriteList(node, field.ReadList(owner));
                break;
            default:
                Put("null"u8);
                break;
        }
    }

    private void WriteList(Node node, IReadOnlyList<object> elements)
    {
        if (ofThread is { } other && ReferenceEquals(other.rendered, elements))
        {
            Put(other.text.AsSpan(0, other.length));
            return;
        }

        Put("["u8);
        for (var i = 0; i < elements.Count; i++)
        {
            if (i > 0)
                Put(","u8);
            WriteMembers(node.Children, elements[i]);
        }

        Put("]"u8);
    }

    private void WriteText(string value)
    {
        var room = Room(2 + Encoding.UTF8.GetMaxByteCount(value.Length));
        if (!value.AsSpan().ContainsAnyExcept(Plain))
        {
            Ascii.FromUtf16(value, room[1..], out var written);
            Quote(room, written);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(value, room[1..]);
        // Half a surrogate pair is no text: what becomes of it is left to the library.
        if (
            WriterOptions.Encoder!.FindFirstCharacterToEncodeUtf8(room.Slice(1, bytes)) < 0
            && !value.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
        )
        {
            Quote(room, bytes);
            return;
        }

        escaped.ResetWrittenCount();
        escaping.Reset();
        escaping.WriteStringValue(value);
        escaping.Flush();
        Put(escaped.WrittenSpan);
    }

    private void Quote(Span<byte> room, int bytes)
    {
        room[0] = (byte)'"';
        room[bytes + 1] = (byte)'"';
        length += bytes + 2;
    }

    private void WriteInstant(DateTimeOffset instant, InstantFormat format)
    {
        // "O" gives yyyy-MM-ddTHH:mm:ss.fffffffZ: the first 19 characters are the whole seconds.
        var room = Room(30);
        Utf8Formatter.TryFormat(instant.UtcDateTime, room[1..], out _, 'O');
        var end = format == InstantFormat.Zulu ? "Z"u8 : "+00:00"u8;
        end.CopyTo(room[20..]);
        Quote(room, 19 + end.Length);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        length += bytes.Length;
    }

    /// <summary>At least so many bytes behind what is written.</summary>
    private Span<byte> Room(int bytes)
    {
        if (text.Length - length < bytes)
            Array.Resize(ref text, Math.Max(text.Length * 2, length + bytes));
        return text.AsSpan(length);
    }

    private sealed class Node
    {
        public Node(Field field, bool isFirst = false)
        {
            Field = field;
            Key = Encoding.UTF8.GetBytes($"{(isFirst ? '{' : ',')}\"{JsonEncodedText.Encode(field.Name)}\":");
            Children = Of(field.Children);
        }

        public Field Field { get; }

        /// <summary>The name with all that stands before the value.</summary>
        public byte[] Key { get; }

        public Node[] Children { get; }

        public static Node[] Of(IReadOnlyList<Field> fields) =>
            [.. fields.Select((field, i) => new Node(field, i == 0))];
    }
}
