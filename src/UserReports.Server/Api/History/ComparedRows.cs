using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using UserReports.Core.Reports;
using UserReports.Store.History;

namespace UserReports.Server.Api.History;

/// <summary>Writes rows of a comparison as JSON: whose row, what became of it, and each compared field then and
/// now.</summary>
/// <param name="shown">A document as whoever asks may see it.</param>
internal sealed class ComparedRows(
    IReadOnlyList<ComparedField> fields,
    Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> shown
)
{
    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = JsonText.DepthMax };

    /// <summary>One row.</summary>
    public ReadOnlyMemory<byte> Write(ComparedRow row)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var was = Parse(row.Was);
        using var present = Parse(row.Is);
        using var writer = new Utf8JsonWriter(output, Writing);
        writer.WriteStartObject();
        writer.WriteString("change", ComparisonRequest.NameOf(row.Change));
        writer.WriteBoolean("existed", was is not null);
        writer.WriteBoolean("exists", present is not null);
        RowIdentity.Write(writer, (present ?? was)!.RootElement);
        writer.WriteStartArray("differences");
        foreach (var field in fields)
        {
            writer.WriteStartObject();
            writer.WriteString("path", field.ToString());
            WriteValue(writer, "was", field, was);
            WriteValue(writer, "is", field, present);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, ComparedField field, JsonDocument? document)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue((document is null ? null : field.Read(document.RootElement)) ?? "null", true);
    }

    private JsonDocument? Parse(ReadOnlyMemory<byte>? document) =>
        document is { } text ? JsonDocument.Parse(shown(text), Reading) : null;
}
