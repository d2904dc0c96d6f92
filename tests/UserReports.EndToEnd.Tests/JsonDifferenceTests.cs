using System.Text.Json;

namespace UserReports.EndToEnd.Tests;

/// <summary>A comparison that overlooks something would make every other test here worthless.</summary>
public sealed class JsonDifferenceTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[1,2]}""", """{"b":[1,2],"a":1.0}""", "")]
    [InlineData("""{"a":1}""", """{"a":2}""", "$.a: expected 1, was 2")]
    [InlineData("""{"a":1}""", """{"a":"1"}""", "$.a: expected 1, was \"1\"")]
    [InlineData("""{"a":null}""", "{}", "$.a: missing")]
    [InlineData("{}", """{"a":null}""", "$.a: not expected, was null")]
    [InlineData("""{"a":false}""", """{"a":null}""", "$.a: expected false, was null")]
    [InlineData("""[1,2]""", """[2,1]""", "$[0]: expected 1, was 2|$[1]: expected 2, was 1")]
    [InlineData("""[1]""", """[1,1]""", "$: expected 1 elements, was 2")]
    [InlineData("""{"s":"Ü"}""", """{"s":"\u00dc"}""", "")]
    [InlineData("""{"items":[{"id":"a"},{"id":"b"}]}""", """{"items":[{"id":"b"},{"id":"a"}]}""", "")]
    [InlineData(
        """{"items":[{"id":"a","n":1},{"id":"b","n":2}]}""",
        """{"items":[{"id":"b","n":1},{"id":"a","n":2}]}""",
        "$.items[0].n: expected 1, was 2|$.items[1].n: expected 2, was 1"
    )]
    public void Between_TwoValues_NamesEveryDifference(string expected, string actual, string differences) =>
        Assert.Equal(
            differences.Split('|', StringSplitOptions.RemoveEmptyEntries),
            JsonDifference.Between(JsonElement.Parse(expected), JsonElement.Parse(actual))
        );
}
