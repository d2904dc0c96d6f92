using System.Text.Json;
using System.Text.Json.Nodes;

namespace UserReports.Server.Tests.Export;

/// <summary>The text of a nested value, cut out of the document that it stands in.</summary>
internal static class RawText
{
    public static string Of(JsonNode value)
    {
        var index = AwkwardRows.Rows.Index().First(row => row.Item == value.Root).Index;
        using var document = JsonDocument.Parse(AwkwardRows.Documents[index]);
        return Path(value).Aggregate(document.RootElement, (element, name) => element.GetProperty(name)).GetRawText();
    }

    private static string[] Path(JsonNode node) => node.GetPath().TrimStart('$', '.').Split('.');
}
