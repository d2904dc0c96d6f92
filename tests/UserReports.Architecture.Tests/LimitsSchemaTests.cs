using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using UserReports.Core.LimitsFiles;
using UserReports.Core.Reports;

namespace UserReports.Architecture.Tests;

/// <summary>The schema of limits that editors use says what is read.</summary>
public sealed class LimitsSchemaTests
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string SchemaFile = Path.Combine(Checkout.Root, "docs", "limits.schema.json");

    private static JsonElement Schema => JsonElement.Parse(File.ReadAllText(SchemaFile));

    /// <summary>Metrics follow from their declaration: USERREPORTS_UPDATE_SNAPSHOTS=1 writes them.</summary>
    [Fact]
    public void Schema_OfLimits_HasEveryMetric()
    {
        var schema = JsonNode.Parse(File.ReadAllText(SchemaFile))!;
        var limits = schema["$defs"]!["limits"]!.AsObject();
        limits["properties"] = new JsonObject(
            Metric.All.Select(metric => KeyValuePair.Create<string, JsonNode?>(metric.Key, Of(metric)))
        );
        var expected = schema.ToJsonString(Written).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("USERREPORTS_UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(SchemaFile, expected);
        Assert.Equal(expected, File.ReadAllText(SchemaFile));
    }

    [Fact]
    public void Schema_OfTheFile_NamesWhatIsRead()
    {
        var sections = At("properties").EnumerateObject().Select(property => property.Name).ToList();
        Assert.Equal(["$schema", "default", "accounts", "organizations"], sections);
        foreach (var section in sections)
        {
            var text = $"{{ \"{section}\": {(section == "$schema" ? "\"s\"" : "{}")} }}";
            Assert.NotNull(LimitsFileReader.Read(System.Text.Encoding.UTF8.GetBytes(text), out _));
        }
    }

    [Theory]
    [InlineData("5 GB")]
    [InlineData("5GiB")]
    [InlineData("1.5 kB")]
    [InlineData(".5 MB")]
    [InlineData("2. TiB")]
    [InlineData("0 B")]
    [InlineData("7 KB")]
    [InlineData("5 gb")]
    [InlineData("-5 GB")]
    [InlineData("+5 GB")]
    [InlineData("5")]
    [InlineData("GB")]
    [InlineData("1e3 B")]
    [InlineData("5 GB of it")]
    public void Schema_OfASize_TakesWhatIsRead(string size) =>
        Assert.Equal(
            StorageSize.Parse(size) is not null,
            Regex.IsMatch(size, At("$defs", "size", "pattern").GetString()!)
        );

    private static JsonObject Of(Metric metric)
    {
        var words = char.ToUpperInvariant(metric.Label[0]) + metric.Label[1..];
        return metric == Metric.StorageBytes
            ? new() { ["description"] = $"{words}.", ["anyOf"] = new JsonArray(Reference("limit"), Reference("size")) }
            : new() { ["description"] = $"{words}, in a billing period.", ["$ref"] = "#/$defs/limit" };
    }

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/$defs/{name}" };

    private static JsonElement At(params IEnumerable<string> path) =>
        path.Aggregate(Schema, (element, name) => element.GetProperty(name));
}
