using UserReports.Core.Query;
using UserReports.Core.Query.Syntax;
using UserReports.Server.Explorer.Query;
using UserReports.Server.Explorer.State;
using UserReports.Server.Explorer.Table;
using UserReports.Server.Requests;

namespace UserReports.Server.Tests.Explorer;

public sealed class QueryTextTests
{
    [Theory]
    [InlineData("", "is_staff:true", "is_staff:true")]
    [InlineData("a:1", "b:2", "a:1 AND b:2")]
    [InlineData("a:1 OR b:2", "c:3", "(a:1 OR b:2) AND c:3")]
    [InlineData("a:1 AND b:2", "b:2", "a:1 AND b:2")]
    [InlineData("a:1", "a:1", "a:1")]
    public void And_OfAQuery_KeepsItsMeaning(string q, string term, string expected) =>
        Assert.Equal(expected, QueryText.And(q, term));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("with \"quotes\" and \\", "\"with \\\"quotes\\\" and \\\\\"")]
    [InlineData("null", "\"null\"")]
    [InlineData("", "\"\"")]
    [InlineData("AND", "\"AND\"")]
    [InlineData("a:b(c)", "\"a:b(c)\"")]
    public void Value_OfText_IsReadBackAsItIs(string text, string expected)
    {
        Assert.Equal(expected, QueryText.Value(text, isText: true));
        var (syntax, _) = QueryCompiler.Parse($"username:{expected}");
        Assert.Equal(text, ((QuerySyntax.Term)syntax!).Value.Text);
    }

    [Theory]
    [InlineData("organization__role:ownr a:1", "ownr", "organization__role:owner a:1")]
    [InlineData("organization__role:\"ow nr\" a:1", "ow nr", "organization__role:owner a:1")]
    [InlineData("organization__role:'ow\\'nr'", "ow'nr", "organization__role:owner")]
    [InlineData("organization__role:other", "ownr", "organization__role:other")]
    [InlineData("organization__role:\"never ends", "never ends", "organization__role:\"never ends")]
    public void Instead_OfAValue_StandsInItsPlaceOnly(string q, string text, string expected) =>
        Assert.Equal(expected, QueryText.Instead(q, q.IndexOf(':') + 1, text, "owner"));

    [Theory]
    [InlineData("a:1 b:2 NOT (c:3 OR d:\"x y\")", "a:1 AND b:2 AND NOT (c:3 OR d:\"x y\")")]
    [InlineData("subscriptions[]:", "subscriptions[]:")]
    public void Write_OfATree_MeansTheSame(string q, string expected) =>
        Assert.Equal(expected, QueryText.Write(QueryCompiler.Parse(q).Syntax!));

    [Fact]
    public void Parts_WithoutTheLastOther_NeedNoParentheses() =>
        Assert.Equal("a:1 OR b:2", QueryParts.Of("(a:1 OR b:2) AND c:3").Without(1));

    [Fact]
    public void ReadyQuestions_All_FitTheReport() =>
        Assert.All(
            ReadyQuestion.All,
            question => Assert.Empty(QueryCompiler.Compile(question.Q, question.Ordering).Errors)
        );
}

public sealed class ViewStateTests
{
    [Theory]
    [InlineData("?all")]
    [InlineData("?q=a%3Ab%20%26c&ordering=-username&columns=username~pin~200,email&size=100&times=exact&charts=off")]
    public void Address_OfAState_IsReadBackAsTheSame(string address)
    {
        var state = ViewState.Parse("http://host/" + address);
        Assert.Equal(state.ToAddress(), ViewState.Parse("http://host/" + state.ToAddress()).ToAddress());
        Assert.Equal(address, state.ToAddress());
    }

    [Fact]
    public void Address_WithNonsense_TakesTheDefaults() =>
        Assert.Equal("?all", ViewState.Parse("http://host/?columns=nonsense,%20&size=7&times=maybe").ToAddress());

    [Fact]
    public void Columns_All_CanBeShownOrderedAndExported()
    {
        Assert.All(
            TableColumns.All,
            column =>
            {
                if (column.SortPath is { } path)
                    Assert.Empty(QueryCompiler.Compile(null, path).Errors);
                Assert.NotEmpty(column.Title);
            }
        );
        Assert.Equal(10, TableColumns.Default.Count);
    }
}

public sealed class ReaderFormatTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("de-DE,de;q=0.9", "1.234.567", "1,2 GB")]
    [InlineData("en-US", "1,234,567", "1.2 GB")]
    [InlineData("xx-nothing-known-here,en-GB", "1,234,567", "1.2 GB")]
    [InlineData(null, "1,234,567", "1.2 GB")]
    public void Numbers_InTheReadersLocale_AreWrittenSo(string? language, string number, string bytes)
    {
        var format = ReaderFormat.Of(language);
        Assert.Equal(number, format.Number(1_234_567));
        Assert.Equal(bytes, format.Bytes(1_234_567_890));
    }

    [Theory]
    [InlineData(2, "just now")]
    [InlineData(70, "70 s ago")]
    [InlineData(3600, "60 min ago")]
    [InlineData(-7200, "in 2 h")]
    [InlineData(86_400 * 400, "13 months ago")]
    public void Relative_OfSeconds_IsInTheLargestUnitThatFits(int seconds, string expected) =>
        Assert.Equal(expected, ReaderFormat.Of("en-GB").Relative(Now.AddSeconds(-seconds), Now));
}
