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
    public void Strings_OddObjects_AreTheSameAsMembersOneByOne(
        string json,
        string? name,
        string? country,
        string? sector
    )
    {
        var text = JsonText.Trusted(json);

        Assert.Equal([name, country, sector], text.Strings(Names));
        Assert.Equal(
            text.Strings(Names),
            Names.Select(key => text.Member(key) is { } value ? JsonText.StringOf(value) : null)
        );
    }
}
