using System.Text.Json;
using System.Text.RegularExpressions;
using UserReports.Core.LimitsFiles;
using UserReports.Core.Reports;

namespace UserReports.Architecture.Tests;

/// <summary>The schema of limits that editors use says what is read.</summary>
public sealed class LimitsSchemaTests
{
    private static readonly JsonElement Schema = JsonElement.Parse(
        File.ReadAllText(Path.Combine(Checkout.Root, "docs", "limits.schema.json"))
    );

    [Fact]
    public void Schema_OfLimits_NamesEveryMetric() =>
        Assert.Equal(
            Metric.All.Select(metric => metric.Key),
            At("$defs", "limits", "properties").EnumerateObject().Select(property => property.Name)
        );

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

    private static JsonElement At(params IEnumerable<string> path) =>
        path.Aggregate(Schema, (element, name) => element.GetProperty(name));
}
