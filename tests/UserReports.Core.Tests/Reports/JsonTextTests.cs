using UserReports.Core.Reports;

namespace UserReports.Core.Tests.Reports;

public sealed class JsonTextTests
{
    private static readonly string[] Names = ["name", "country", "sector"];

    [Theory]
    [InlineData("""{"name": "Ana", "sector": "", "country": "KEN"}""", "Ana", "KEN", "")]
    [InlineData("""{"nam": "a", "names": "b", "Name": "c", "": "d"}""", null, null, null)]
    [InlineData("""{"name": 1, "country": null, "sector": {"name": "a", "country": ["KEN"]}}""", null, null, null)]
    [InlineData("""{"x": [{"name": "a"}], "country": "\u00e9\n", "sector": "é🦊"}""", null, "é\n", "é🦊")]
    [InlineData("""{"n\u0061me": "escaped", "country": "KEN"}""", "escaped", "KEN", null)]
    [InlineData("""{"name": "first", "name": "second", "country": "KEN", "country": 2}""", "second", null, null)]
    [InlineData("""{"\ud800": 1, "name": "a", "country": "\udfff", "sector": "b"}""", "a", null, "b")]
    [InlineData("{}", null, null, null)]
    [InlineData("""["name"]""", null, null, null)]
    [InlineData("\"name\"", null, null, null)]
    [InlineData("17", null, null, null)]
    public void Take_OddObjects_GivesTheSameTextsAsMembersOneByOne(
        string json,
        string? name,
        string? country,
        string? sector
    )
    {
        var text = JsonText.Trusted(json);

        var texts = text.Take(Names).Texts;

        Assert.Equal([name, country, sector], texts);
        Assert.Equal(texts, Names.Select(key => text.Member(key) is { } value ? JsonText.StringOf(value) : null));
    }

    [Theory]
    [InlineData("""{"name": "Ana", "sector": "", "country": "KEN"}""", "{}")]
    [InlineData(
        """{"a": [1, "name"], "name": "Ana", "b" : {"name": "x"} ,"country":"KEN"}""",
        """{"a": [1, "name"],"b" : {"name": "x"}}"""
    )]
    [InlineData("""{"name": 1, "country": null, "sector": {"name": "a"}}""", null)]
    [InlineData("""{"n\u0061me": "escaped", "country": "KEN"}""", null)]
    [InlineData("""{"name": "first", "name": "second", "country": "KEN"}""", null)]
    [InlineData("""{"x": "kept", "country": "\u00e9"}""", null)]
    [InlineData("""["name"]""", null)]
    [InlineData(" {} ", null)]
    public void Take_Object_LeavesWhatItDidNotTake(string json, string? rest)
    {
        var text = JsonText.Trusted(json);

        Assert.Equal(rest ?? json, text.Take(Names).Rest.Text);
    }
}
