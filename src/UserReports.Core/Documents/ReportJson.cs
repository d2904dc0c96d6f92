using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Core.Documents;

/// <summary>
/// Writes reports as JSON, as the catalogue declares them, in a third of the bytes: what stands in every report, the
/// names above all, is a code of two bytes. <see cref="TryExpand"/> undoes it. One instance serves one thread at a time.
/// </summary>
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

    private static readonly PhraseCodec Phrases = new();

    private static readonly Node[] Nodes = Node.Of(ReportCatalogue.Fields);

    /// <summary>The lists that no other list holds.</summary>
    private static readonly Dictionary<Field, Node> Lists = Nodes
        .SelectMany(node => node.OuterLists())
        .ToDictionary(node => node.Field);

    /// <summary>What needs no escape, and one byte a character.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Except(['"', '\\']),
    ]);

    private readonly ArrayBufferWriter<byte> escaped = new(256);
    private readonly Utf8JsonWriter escaping;
    private readonly Dictionary<object, Range> lists = new(ReferenceEqualityComparer.Instance);
    private byte[] text = new byte[16 * 1024];
    private byte[] listTexts = [];
    private int listTextsLength;
    private int length;

    /// <summary>Nothing written yet.</summary>
    public ReportJson() => escaping = new(escaped, WriterOptions);

    /// <summary>The report as one JSON object with codes, without a line break; good until the next call.</summary>
    public ReadOnlySpan<byte> Write(Report report)
    {
        length = 0;
        WriteMembers(Nodes, report, "}"u8);
        return text.AsSpan(0, length);
    }

    /// <summary>
    /// Appends JSON in full, given what <see cref="Write"/> or <see cref="Render"/> wrote or JSON as it is.
    /// </summary>
    /// <returns>False if this is neither.</returns>
    public static bool TryExpand(ReadOnlySpan<byte> written, IBufferWriter<byte> output) =>
        Phrases.TryExpand(written, output);

    /// <summary>
    /// The elements of one list of the catalogue that no other list holds, as a JSON list with codes; good until the
    /// next call. The documents that are written until <see cref="Forget"/> take it over.
    /// </summary>
    public ReadOnlySpan<byte> Render(Field list, IReadOnlyList<object> elements)
    {
        if (lists.TryGetValue(elements, out var rendered))
            return listTexts.AsSpan(rendered);
        length = 0;
        WriteElements(Lists[list], elements);
        if (listTexts.Length - listTextsLength < length)
            Array.Resize(ref listTexts, Math.Max(listTexts.Length * 2, listTextsLength + length));
        text.AsSpan(0, length).CopyTo(listTexts.AsSpan(listTextsLength));
        lists[elements] = new(listTextsLength, listTextsLength + length);
        listTextsLength += length;
        return text.AsSpan(0, length);
    }

    /// <summary>Forgets the lists that were rendered.</summary>
    public void Forget()
    {
        lists.Clear();
        listTextsLength = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => escaping.Dispose();

    private void WriteMembers(Node[] nodes, object owner, ReadOnlySpan<byte> end)
    {
        foreach (var node in nodes)
            WriteMember(node, owner);
        Put(end);
    }

    private void WriteMember(Node node, object owner)
    {
        var field = node.Field;
        switch (field.Kind)
        {
            case FieldKind.Text when field.ReadText(owner) is { } value:
                if (value.Length == 0)
                {
                    Put(node.Empty);
                    break;
                }

                Put(node.Key);
                WriteText(value);
                break;
            case FieldKind.Boolean when field.ReadBoolean(owner) is { } flag:
                Put(flag ? node.True : node.Empty);
                break;
            case FieldKind.Integer when field.ReadInteger(owner) is { } number:
                if (number == 0)
                {
                    Put(node.Empty);
                    break;
                }

                Put(node.Key);
                Utf8Formatter.TryFormat(number, Room(NumberBytesMax), out var digits);
                length += digits;
                break;
            case FieldKind.Decimal when field.ReadDecimal(owner) is { } number:
                Put(node.Key);
                Utf8Formatter.TryFormat(number, Room(NumberBytesMax), out var characters);
                length += characters;
                break;
            case FieldKind.Instant when field.ReadInstant(owner) is { } instant:
                Put(node.Key);
                WriteInstant(instant, field.InstantFormat);
                break;
            case FieldKind.Json when field.ReadJson(owner) is { } json:
                Put(node.Key);
                Put(json.Utf8);
                break;
            case FieldKind.Object when field.ReadObject(owner) is { } child:
                Put(node.Key);
                WriteMembers(node.Children, child, field.IsSeries ? "]"u8 : "}"u8);
                break;
            case FieldKind.List:
                WriteList(node, field.ReadList(owner));
                break;
            default:
                Put(node.Null);
                break;
        }
    }

    private void WriteList(Node node, IReadOnlyList<object> elements)
    {
        if (elements.Count == 0)
        {
            Put(node.Empty);
            return;
        }

        Put(node.Key);
        if (lists.Count > 0 && lists.TryGetValue(elements, out var rendered))
            Put(listTexts.AsSpan(rendered));
        else
            WriteElements(node, elements);
    }

    private void WriteElements(Node node, IReadOnlyList<object> elements)
    {
        Put("["u8);
        for (var i = 0; i < elements.Count; i++)
        {
            if (i > 0)
                Put(","u8);
            WriteMembers(node.Children, elements[i], "}"u8);
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
        // "O" gives yyyy-MM-ddTHH:mm:ss.fffffffZ: 19 characters are the whole seconds, 26 the microseconds.
        var room = Room(36);
        Utf8Formatter.TryFormat(instant.UtcDateTime, room[1..], out _, 'O');
        var end = format == InstantFormat.Zulu ? "Z"u8 : "+00:00"u8;
        var digits = format == InstantFormat.Zulu ? 19 : 26;
        while (digits > 19 && room[digits] is (byte)'0' or (byte)'.')
            digits--;
        end.CopyTo(room[(digits + 1)..]);
        Quote(room, digits + end.Length);
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
        private Node(Field field, bool isFirst)
        {
            Field = field;
            var key = field.IsInSeries
                ? isFirst
                    ? "["
                    : ","
                : $"{(isFirst ? '{' : ',')}\"{JsonEncodedText.Encode(field.Name)}\":";
            Key = Phrases.CodeOf(key);
            Null = Phrases.CodeOf(key + "null");
            True = Phrases.CodeOf(key + "true");
            Empty = Phrases.CodeOf(
                key
                    + field.Kind switch
                    {
                        FieldKind.Text => "\"\"",
                        FieldKind.Boolean => "false",
                        FieldKind.Integer => "0",
                        FieldKind.List => "[]",
                        _ => "{}",
                    }
            );
            Children = Of(field.Children);
        }

        public Field Field { get; }

        /// <summary>The name with all that stands before the value.</summary>
        public byte[] Key { get; }

        /// <summary>The name and null.</summary>
        public byte[] Null { get; }

        /// <summary>The name and true.</summary>
        public byte[] True { get; }

        /// <summary>The name and an empty text, false, 0 or an empty list.</summary>
        public byte[] Empty { get; }

        public Node[] Children { get; }

        public static Node[] Of(IReadOnlyList<Field> fields) =>
            [.. fields.Select((field, i) => new Node(field, i == 0))];

        public IEnumerable<Node> OuterLists() =>
            Field.Kind == FieldKind.List ? [this] : Children.SelectMany(child => child.OuterLists());
    }
}
