using System.Text;
using System.Text.Json.Nodes;
using UserReports.Server.Export;

namespace UserReports.Server.Tests.Export;

public sealed class NdJsonExportTests
{
    [Fact]
    public async Task NdJson_OfAwkwardRows_IsOneRowOfTheListPerLine()
    {
        var text = Encoding.UTF8.GetString(await AwkwardRows.ExportAsync(ExportFormat.NdJson));

        var lines = text.Split('\n');
        Assert.Equal(AwkwardRows.Rows.Count + 1, lines.Length);
        Assert.Equal("", lines[^1]);
        foreach (var (line, row) in lines.Zip(AwkwardRows.Rows))
            Assert.True(JsonNode.DeepEquals(row, JsonNode.Parse(line)), line);
    }
}
