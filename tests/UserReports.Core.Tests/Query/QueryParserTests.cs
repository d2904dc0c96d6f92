using UserReports.Core.Query;

namespace UserReports.Core.Tests.Query;

/// <summary>Texts to trees, and what is said of texts that have none.</summary>
public sealed class QueryParserTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("  \t ", null)]
    [InlineData("alice", "alice")]
    [InlineData("username:alice", "username:alice")]
    [InlineData("a:1 b:2", "(a:1 AND b:2)")]
    [InlineData("a:1 AND b:2 c:3", "(a:1 AND b:2 AND c:3)")]
    [InlineData("a:1 OR b:2 c:3", "(a:1 OR (b:2 AND c:3))")]
    [InlineData("(a:1 OR b:2) c:3", "((a:1 OR b:2) AND c:3)")]
    [InlineData("NOT a:1 b:2", "(NOT a:1 AND b:2)")]
    [InlineData("NOT NOT a:1", "NOT NOT a:1")]
    [InlineData("NOT(a:1 OR b:2)", "NOT (a:1 OR b:2)")]
    [InlineData("((a:1))", "a:1")]
    [InlineData("and or not", "(and AND or AND not)")]
    [InlineData("ANDREW ORLA NOTE", "(ANDREW AND ORLA AND NOTE)")]
    [InlineData("a:AND b:OR", "(a:AND AND b:OR)")]
    [InlineData("subscriptions[]:", "subscriptions[]:")]
    [InlineData("a: b:2", "(a: AND b:2)")]
    [InlineData("a:\"x y\"", "a:\"x y\"")]
    [InlineData("a:'x \"y\"'", "a:\"x \"y\"\"")]
    [InlineData("a:\"x\\\"y\\\\z\\n\"", "a:\"x\"y\\z\\n\"")]
    [InlineData("\"two words\"", "\"two words\"")]
    [InlineData("a:\"(x:y)\"", "a:\"(x:y)\"")]
    [InlineData("a:\"\"", "a:\"\"")]
    [InlineData("a:x'y", "a:x'y")]
    [InlineData("a:1\nOR\tb:2", "(a:1 OR b:2)")]
    public void Parse_Text_GivesTree(string text, string? tree)
    {
        var (syntax, error) = QueryCompiler.Parse(text);
        Assert.Null(error);
        Assert.Equal(tree, syntax?.ToString());
    }

    [Theory]
    [InlineData("(a:1", "The parenthesis is not closed; add \")\".", "(", 0)]
    [InlineData("a:1)", "There is no open parenthesis to close here.", ")", 3)]
    [InlineData("()", "There is no open parenthesis to close here.", ")", 1)]
    [InlineData("a:1 OR", "The query ends where a term was expected.", "", 6)]
    [InlineData("a:1 AND", "The query ends where a term was expected.", "", 7)]
    [InlineData("NOT", "The query ends where a term was expected.", "", 3)]
    [InlineData("OR a:1", "A term was expected before \"OR\".", "OR", 0)]
    [InlineData("a:1 OR OR b:2", "A term was expected before \"OR\".", "OR", 7)]
    [InlineData(":x", "A path is missing before \":\".", ":", 0)]
    [InlineData("a:\"open", "The quote is not closed; add \".", "\"", 2)]
    [InlineData("a:'open", "The quote is not closed; add '.", "'", 2)]
    [InlineData(
        "\"a\":1",
        "A path begins without quotes; only keys of free-form details may stand in them.",
        "\"a\"",
        0
    )]
    [InlineData("a:\"x\"y", "A space is missing after the quoted value.", "\"x\"", 2)]
    [InlineData("a:12:30", "A value that holds \":\" must be quoted, for example \"2026-01-31T12:00:00Z\".", ":", 4)]
    [InlineData("a:f(x)", "A value that holds \"(\" must be quoted, for example \"2026-01-31T12:00:00Z\".", "(", 3)]
    [InlineData("a:x\0y", "The query holds a character that no text can hold; remove it.", "\0", 3)]
    public void Parse_BadText_SaysWhatAndWhere(string text, string message, string found, int position)
    {
        var (syntax, error) = QueryCompiler.Parse(text);
        Assert.Null(syntax);
        Assert.Equal(QueryErrorCode.BadSyntax, error!.Code);
        Assert.Equal(message, error.Message);
        Assert.Equal((found, position), (error.Text, error.Position));
    }

    [Fact]
    public void Parse_LongestText_IsTaken() =>
        Assert.Null(QueryCompiler.Parse(new string('a', QueryBounds.LengthMax)).Error);

    [Fact]
    public void Parse_TooLong_IsTooComplex() =>
        AssertTooComplex(
            new string('a', QueryBounds.LengthMax + 1),
            "The query has 16385 characters; 16384 are allowed.",
            16384
        );

    [Fact]
    public void Parse_MostTerms_AreTaken() =>
        Assert.Null(QueryCompiler.Parse(string.Join(' ', Enumerable.Repeat("a:1", QueryBounds.TermsMax))).Error);

    [Fact]
    public void Parse_TooManyTerms_PointsAtTheFirstTooMany() =>
        AssertTooComplex(
            string.Join(' ', Enumerable.Repeat("a:1", QueryBounds.TermsMax + 1)),
            "The query has more than 200 terms.",
            800
        );

    [Theory]
    [InlineData("(", ")")]
    [InlineData("NOT ", "")]
    [InlineData("NOT (", ")")]
    public void Parse_Depth_HasItsBound(string open, string close)
    {
        string Nested(int levels) =>
            string.Concat(Enumerable.Repeat(open, levels)) + "a:1" + string.Concat(Enumerable.Repeat(close, levels));
        var levelsPerOpening = open == "NOT (" ? 2 : 1;

        Assert.Null(QueryCompiler.Parse(Nested(QueryBounds.DepthMax / levelsPerOpening)).Error);
        var error = QueryCompiler.Parse(Nested((QueryBounds.DepthMax / levelsPerOpening) + 1)).Error!;
        Assert.Equal(QueryErrorCode.QueryTooComplex, error.Code);
        Assert.Equal("The query is nested deeper than 20 levels.", error.Message);
    }

    private static void AssertTooComplex(string text, string message, int position)
    {
        var error = QueryCompiler.Parse(text).Error!;
        Assert.Equal((QueryErrorCode.QueryTooComplex, message, position), (error.Code, error.Message, error.Position));
    }
}
