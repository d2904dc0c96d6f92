using System.Buffers;
using System.Buffers.Text;
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

    private static readonly ReportPhrases ShortForm = new();

    private static readonly Node[] Long = Node.Of(ReportCatalogue.Fields, null);

    private static readonly Node[] Short = Node.Of(ReportCatalogue.Fields, ShortForm);

    /// <summary>The lists that no other list holds, whose elements are written in full in either form.</summary>
    private static readonly Dictionary<Field, Node> Lists = Long.SelectMany(node => node.OuterLists())
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

    /// <summary>Appends the report as one JSON object, without a line break.</summary>
    public void Write(Report report, IBufferWriter<byte> output) => output.Write(Write(report));

    /// <summary>The report as one JSON object, without a line break; good until the next call.</summary>
    public ReadOnlySpan<byte> Write(Report report) => Write(Long, report);

    /// <summary>
    /// The same in a third of the bytes: what stands in every report, the names above all, is a code of two bytes.
    /// <see cref="TryExpand"/> undoes it. Good until the next call.
    /// </summary>
    public ReadOnlySpan<byte> WriteShort(Report report) => Write(Short, report);

    /// <summary>Appends a report in full, given what <see cref="WriteShort"/> wrote or JSON as it is.</summary>
    /// <returns>False if this is neither.</returns>
    public static bool TryExpand(ReadOnlySpan<byte> document, IBufferWriter<byte> output) =>
        ShortForm.TryExpand(document, output);

    /// <summary>
    /// The elements of one list of the catalogue that no other list holds, as a JSON list; good until the next call.
    /// The documents that are written until <see cref="Forget"/> take it over.
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

    private ReadOnlySpan<byte> Write(Node[] form, Report report)
    {
        length = 0;
        WriteMembers(form, report);
        return text.AsSpan(0, length);
    }

    private void WriteMembers(Node[] nodes, object owner)
    {
        foreach (var node in nodes)
            WriteMember(node, owner);
        Put("}"u8);
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
                WriteMembers(node.Children, child);
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
        private Node(Field field, bool isFirst, ReportPhrases? form)
        {
            Field = field;
            var key = $"{(isFirst ? '{' : ',')}\"{JsonEncodedText.Encode(field.Name)}\":";
            Key = Form(key);
            Null = Form(key + "null");
            True = Form(key + "true");
            Empty = Form(
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
            Children = Of(field.Children, field.Kind == FieldKind.List ? null : form);

            byte[] Form(string phrase) => form is null ? Encoding.UTF8.GetBytes(phrase) : form.CodeOf(phrase);
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

        public static Node[] Of(IReadOnlyList<Field> fields, ReportPhrases? form) =>
            [.. fields.Select((field, i) => new Node(field, i == 0, form))];

        public IEnumerable<Node> OuterLists() =>
            Field.Kind == FieldKind.List ? [this] : Children.SelectMany(child => child.OuterLists());
    }
}
