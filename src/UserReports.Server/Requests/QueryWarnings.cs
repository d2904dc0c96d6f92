using System.Text;
using System.Text.Json;
using UserReports.Core.Query;

namespace UserReports.Server.Requests;

/// <summary>What is likely not meant in a query, beside its answer.</summary>
internal static class QueryWarnings
{
    /// <summary>The same list for answers that are files.</summary>
    public const string Header = "X-Query-Warnings";

    /// <summary>A JSON list, in ASCII, so that a header can carry it too.</summary>
    public static string Json(IReadOnlyList<QueryWarning> warnings)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartArray();
            foreach (var warning in warnings)
            {
                writer.WriteStartObject();
                writer.WriteString("parameter", "q");
                writer.WriteString("code", warning.Code);
                writer.WriteString("detail", warning.Message);
                writer.WriteString("text", warning.Text);
                writer.WriteNumber("position", warning.Position);
                writer.WriteStartArray("suggestions");
                foreach (var suggestion in warning.Suggestions)
                    writer.WriteStringValue(suggestion);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <summary>Adds the header if there is anything to say.</summary>
    public static void AddTo(IHeaderDictionary headers, IReadOnlyList<QueryWarning> warnings)
    {
        if (warnings.Count > 0)
            headers[Header] = Json(warnings);
    }

    /// <summary>The messages of such a list.</summary>
    public static IEnumerable<string> Messages(JsonElement warnings) =>
        warnings.EnumerateArray().Select(warning => warning.GetProperty("detail").GetString()!);
}
