using System.Buffers;
using System.Text;
using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Server.Concealment;

/// <summary>Copies reports, with pseudonyms in the place of what the catalogue marks as personal.</summary>
/// <remarks>
/// What is not personal is copied byte by byte, so that the rest of the service finds a document as it was stored.
/// Of free-form details the keys of the outermost object stay, which name the questions; each answer, whatever its
/// shape, becomes one pseudonym. Null and empty text stay: that there is nothing is no name.
/// </remarks>
internal sealed class DocumentConcealment(Pseudonyms pseudonyms)
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = JsonText.DepthMax };
    private static readonly Node[] Personal = Node.Of(ReportCatalogue.Fields);

    /// <summary>Appends a report without names.</summary>
    public void Write(ReadOnlySpan<byte> document, IBufferWriter<byte> output)
    {
        var copying = new Copying(document, output, pseudonyms);
        copying.Report();
    }

    /// <summary>A report without names, as a document of its own.</summary>
    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> document)
    {
        var output = new ArrayBufferWriter<byte>(document.Length + 256);
        Write(document.Span, output);
        return output.WrittenMemory;
    }

    private ref struct Copying(ReadOnlySpan<byte> document, IBufferWriter<byte> output, Pseudonyms pseudonyms)
    {
        private readonly ReadOnlySpan<byte> document = document;
        private Utf8JsonReader reader = new(document, ReaderOptions);
        private int copied;

        public void Report()
        {
            reader.Read();
            Members(Personal);
            output.Write(document[copied..]);
        }

        private void Members(Node[] nodes)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var node = Find(nodes);
                reader.Read();
                if (node is null)
                    reader.Skip();
                else
                    Value(node);
            }
        }

        private readonly Node? Find(Node[] nodes)
        {
            foreach (var node in nodes)
            {
                if (reader.ValueTextEquals(node.Name))
                    return node;
            }

            return null;
        }

        private void Value(Node node)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject when node.Field is { Kind: FieldKind.Json }:
                    Details(node.Field);
                    break;
                case JsonTokenType.StartObject when !node.IsPersonal:
                    Members(node.Children);
                    break;
                case JsonTokenType.StartArray when !node.IsPersonal:
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                        Value(node);
                    break;
                case JsonTokenType.Null:
                    break;
                default:
                    Rename(node.Field, []);
                    break;
            }
        }

        private void Details(Field field)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var key = TextOf();
                reader.Read();
                if (reader.TokenType != JsonTokenType.Null)
                    Rename(field, key);
            }
        }

        /// <summary>Writes everything up to the value, and a pseudonym in its place.</summary>
        private void Rename(Field field, ReadOnlySpan<byte> detail)
        {
            var start = (int)reader.TokenStartIndex;
            var isText = reader.TokenType == JsonTokenType.String;
            var text = isText ? TextOf() : [];
            if (!isText)
                reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (isText && text.Length == 0)
                return;
            output.Write(document[copied..start]);
            output.Write("\""u8);
            output.Write(pseudonyms.Of(field, detail, isText ? text : document[start..end]));
            output.Write("\""u8);
            copied = end;
        }

        private readonly ReadOnlySpan<byte> TextOf()
        {
            if (!reader.ValueIsEscaped)
                return reader.ValueSpan;
            try
            {
                return Encoding.UTF8.GetBytes(reader.GetString()!);
            }
            catch (InvalidOperationException)
            {
                // Half of a surrogate pair is JSON, but no text: it is taken as it is written.
                return reader.ValueSpan;
            }
        }
    }

    /// <summary>A field that is personal, or that something personal is in.</summary>
    private sealed record Node(Field Field, byte[] Name, bool IsPersonal, Node[] Children)
    {
        public static Node[] Of(IReadOnlyList<Field> fields) =>
            [
                .. fields
                    .Select(field => new Node(
                        field,
                        Encoding.UTF8.GetBytes(field.Name),
                        field.Personal != PersonalKind.None,
                        Of(field.Children)
                    ))
                    .Where(node => node.IsPersonal || node.Children.Length > 0),
            ];
    }
}
