using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Store.DuckDb.History.Parquet;

/// <summary>
/// Turns some hundred documents into one text in which the values of each field stand together: packed, that takes half
/// of what the documents do one after the other. One instance serves one thread.
/// </summary>
/// <remarks>
/// The text is lines: how many documents there are, then for each path the path itself and a line for each document,
/// which is the value as JSON, or empty where the document has none; within it the byte 1 stands for a line's end.
/// Paths are names joined by slashes; objects are
/// taken apart as far as the catalogue has them, lists and free-form JSON are values.
/// <see cref="TransposedDocuments"/> undoes it.
/// </remarks>
internal sealed class DocumentTransposer
{
    /// <summary>What stands for the end of a line within a value: JSON never holds it as it is.</summary>
    public const byte LineEnd = 1;

    private readonly Node root = new("", FieldsOf(ReportCatalogue.Fields));
    private readonly List<Node> paths = [];
    private int count;

    /// <summary>How many documents were added.</summary>
    public int Count => count;

    /// <summary>Adds a document: a JSON object.</summary>
    public void Add(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document, new() { MaxDepth = JsonText.DepthMax + 8 });
        reader.Read();
        AddMembers(ref reader, document, root);
        count++;
    }

    /// <summary>Writes the text and begins anew.</summary>
    public void Take(IBufferWriter<byte> output)
    {
        output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{count}\n")));
        foreach (var node in paths.Where(node => node.Lines > 0))
        {
            node.Fill(count);
            output.Write(Encoding.UTF8.GetBytes(node.Path + "\n"));
            output.Write(node.Values.WrittenSpan);
            node.Clear();
        }

        count = 0;
    }

    private void AddMembers(ref Utf8JsonReader reader, ReadOnlySpan<byte> document, Node owner)
    {
        Node? last = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Members come in one order, so that the one after the last is nearly always the next.
            var node = owner.Child(ref reader, last, paths);
            last = node;
            reader.Read();
            if (node.Fields is not null && reader.TokenType == JsonTokenType.StartObject && !IsEmpty(reader))
            {
                AddMembers(ref reader, document, node);
                continue;
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            node.Add(count, document[start..(int)reader.BytesConsumed]);
        }
    }

    private static bool IsEmpty(Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.EndObject;

    private static Dictionary<string, Field> FieldsOf(IEnumerable<Field> fields) =>
        fields.ToDictionary(field => field.Name, StringComparer.Ordinal);

    private sealed class Node(string path, Dictionary<string, Field>? fields)
    {
        private readonly List<(byte[] Name, Node Node)> children = [];
        private int places;

        public string Path => path;

        /// <summary>What an object of the catalogue holds; null for everything that is a value.</summary>
        public Dictionary<string, Field>? Fields => fields;

        public ArrayBufferWriter<byte> Values { get; } = new();

        public int Lines { get; private set; }

        public Node Child(ref Utf8JsonReader reader, Node? last, List<Node> paths)
        {
            var next = last is null ? 0 : last.places + 1;
            if (next < children.Count && reader.ValueTextEquals(children[next].Name))
                return children[next].Node;
            foreach (var (known, node) in children)
            {
                if (reader.ValueTextEquals(known))
                    return node;
            }

            var name = reader.GetString()!;
            var within =
                fields!.TryGetValue(name, out var field) && field is { Kind: FieldKind.Object, IsSeries: false }
                    ? FieldsOf(field.Children)
                    : null;
            var made = new Node(path.Length == 0 ? name : $"{path}/{name}", within) { places = children.Count };
            children.Add((Encoding.UTF8.GetBytes(name), made));
            paths.Add(made);
            return made;
        }

        public void Add(int at, ReadOnlySpan<byte> value)
        {
            Fill(at);
            var line = Values.GetSpan(value.Length + 1);
            value.CopyTo(line);
            line[..value.Length].Replace((byte)'\n', LineEnd);
            line[value.Length] = (byte)'\n';
            Values.Advance(value.Length + 1);
            Lines++;
        }

        public void Fill(int lines)
        {
            for (; Lines < lines; Lines++)
                Values.Write("\n"u8);
        }

        public void Clear()
        {
            Values.ResetWrittenCount();
            Lines = 0;
        }
    }
}
