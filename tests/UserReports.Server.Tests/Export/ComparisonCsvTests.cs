using System.Text;
using System.Text.Json;
using UserReports.Server.Export.Csv;

namespace UserReports.Server.Tests.Export;

/// <summary>What a spreadsheet would run of a comparison's file.</summary>
public sealed class ComparisonCsvTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("a,-1", "\"a,'-1\"")]
    [InlineData("a;@x", "a;'@x")]
    [InlineData("\ttext", "'\ttext")]
    [InlineData("＝1", "'＝1")]
    [InlineData("a\r\n+1", "\"a\r\n'+1\"")]
    [InlineData("say \"=1\"", "\"say \"\"=1\"\"\"")]
    [InlineData("plain", "plain")]
    public void Text_InAnyCell_IsKeptFromRunning(string text, string cell)
    {
        var row = Row(text, JsonSerializer.Serialize(text), "null");

        Assert.Equal($"changed,true,true,{cell},{cell},{cell},{cell},{cell},\r\n", Csv(true).Row(row));
    }

    [Fact]
    public void Json_InACell_MeansTheSameAndRunsNowhere()
    {
        const string List = """["x;=1+1","＝2",-3]""";
        var csv = Csv(true).Row(Row("name", List, "-5"));

        var cell =
            csv[(csv.IndexOf("\"[", StringComparison.Ordinal) + 1)..csv.LastIndexOf("]\"", StringComparison.Ordinal)]
            + "]";
        Assert.Contains("\\u003d1+1", cell, StringComparison.Ordinal);
        Assert.True(
            JsonElement.DeepEquals(
                JsonElement.Parse(List),
                JsonElement.Parse(cell.Replace("\"\"", "\"", StringComparison.Ordinal))
            ),
            cell
        );
        // A number is what it says.
        Assert.EndsWith(",-5\r\n", csv, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_WhereFormulasMayRun_IsAsItIs() =>
        Assert.Contains(",=1+1,", Csv(false).Row(Row("=1+1", "1", "2")), StringComparison.Ordinal);

    [Fact]
    public void Header_NamesEachFieldThenAndNow() =>
        Assert.Equal(
            "change,existed,exists,username,user_uid,organization,organization_uid,subscriptions[]__status was,subscriptions[]__status is\r\n",
            new ComparisonCsv(["subscriptions[]__status"], new(ProtectFormulas: true)).Header
        );

    private static ComparisonCsv Csv(bool protects) => new(["email"], new(ProtectFormulas: protects));

    private static byte[] Row(string text, string was, string present)
    {
        var name = JsonSerializer.Serialize(text);
        return Encoding.UTF8.GetBytes(
            $$"""
            {"change":"changed","existed":true,"exists":true,"username":{{name}},"user_uid":{{name}},
            "organization":{"name":{{name}},"uid":{{name}}},
            "differences":[{"path":"email","was":{{was}},"is":{{present}}}]}
            """
        );
    }
}
