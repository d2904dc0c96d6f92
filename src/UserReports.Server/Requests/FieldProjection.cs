using System.Buffers;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;
using UserReports.Server.Http;

namespace UserReports.Server.Requests;

/// <summary>Chosen fields of a document, in the report's shape and order.</summary>
internal sealed class FieldProjection
{
    private const int FieldsMax = 200;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = JsonText.DepthMax };

    private readonly Choice root = new();

    private FieldProjection() { }

    /// <summary>Null if nothing is chosen, which means everything, or if something is wrong.</summary>
    public static FieldProjection? Read(string? fields, List<RequestFault> faults)
    {
        if (string.IsNullOrWhiteSpace(fields))
            return null;
        var projection = new FieldProjection();
        var parts = PathText.SplitList(fields);
        if (parts.Count > FieldsMax)
        {
            faults.Add(
                new(
                    "fields",
                    QueryErrorCode.QueryTooComplex,
                    $"At most {FieldsMax} fields can be chosen.",
                    fields,
                    0,
                    []
                )
            );
            return null;
        }

        foreach (var (path, position) in parts)
        {
            if (path.Length > 0 && !projection.TryAdd(path))
            {
                if (faults.Count >= QueryBounds.ErrorsMax)
                    break;
                var near = NearestNames.Of(path, ReportCatalogue.All.Select(field => field.Path));
                faults.Add(
                    new(
                        "fields",
                        QueryErrorCode.UnknownField,
                        $"The report has no field \"{path}\"."
                            + (near.Count > 0 ? $" Did you mean {string.Join(" or ", near)}?" : ""),
                        path,
                        position,
                        near
                    )
                );
            }
        }

        return projection;
    }

    /// <summary>Appends what is chosen of a document.</summary>
    public void Write(ReadOnlySpan<byte> document, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        var reader = new Utf8JsonReader(document, ReaderOptions);
        reader.Read();
        Copy(ref reader, document, root, writer);
    }

    /// <summary>What is chosen of a document, as a document of its own.</summary>
    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> document)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(256, document.Length / 4));
        Write(document.Span, output);
        return output.WrittenMemory;
    }

    private bool TryAdd(string path)
    {
        var choice = root;
        var level = ReportCatalogue.Fields;
        Field? below = null;
        if (PathText.Split(path) is not { } segments)
            return false;
        foreach (var segment in segments)
        {
            if (below is not { Kind: FieldKind.Json })
            {
                below = level.FirstOrDefault(field => field.Name == segment.Text);
                if (below is null || segment.Lists > 0 && below.Kind is not (FieldKind.List or FieldKind.Json))
                    return false;
                level = below.Children;
            }
            else if (segment is { Text: "", IsQuoted: false })
            {
                return false;
            }

            choice = choice.Below(segment.Text);
        }

        choice.IsWhole = true;
        return true;
    }

    private static void Copy(
        ref Utf8JsonReader reader,
        ReadOnlySpan<byte> document,
        Choice choice,
        Utf8JsonWriter writer
    )
    {
        if (choice.IsWhole || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            writer.WriteRawValue(document[start..(int)reader.BytesConsumed], skipInputValidation: true);
            return;
        }

        if (reader.TokenType == JsonTokenType.StartArray)
        {
            writer.WriteStartArray();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                Copy(ref reader, document, choice, writer);
            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = NameOf(ref reader);
            reader.Read();
            if (name is not null && choice.Children.TryGetValue(name, out var child))
            {
                writer.WritePropertyName(name);
                Copy(ref reader, document, child, writer);
            }
            else
            {
                reader.Skip();
            }
        }

        writer.WriteEndObject();
    }

    /// <summary>Null for half of a surrogate pair: JSON, but no text, so that nobody can ask for it.</summary>
    private static string? NameOf(ref Utf8JsonReader reader)
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

    private sealed class Choice
    {
        public bool IsWhole { get; set; }

        public Dictionary<string, Choice> Children { get; } = new(StringComparer.Ordinal);

        public Choice Below(string name)
        {
            if (!Children.TryGetValue(name, out var child))
                Children[name] = child = new();
            return child;
        }
    }
}
