using System.IO.Pipelines;
using System.Text.Json;
using CsCheck;
using UserReports.Server.Export;
using UserReports.Server.Export.Csv;
using UserReports.Testing;

namespace UserReports.Server.Tests.Export;

/// <summary>What a spreadsheet would run of a file, whichever character it takes for the separator.</summary>
public sealed class CsvFormulaTests
{
    private static readonly CsvStyle Protected = new(ProtectFormulas: true);

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("\n=1+1", "'\n'=1+1")]
    [InlineData("\r=1+1", "'\r'=1+1")]
    [InlineData("\ttext", "'\ttext")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("＋1", "'＋1")]
    [InlineData("－1", "'－1")]
    [InlineData("＠SUM(A1)", "'＠SUM(A1)")]
    [InlineData("a;=1+1", "a;'=1+1")]
    [InlineData("a,-1", "a,'-1")]
    [InlineData("a|@x", "a|'@x")]
    [InlineData("a\t+1", "a\t'+1")]
    [InlineData("a\r\n=1+1", "a\r\n'=1+1")]
    [InlineData("a; \u00a0=1+1", "a; \u00a0'=1+1")]
    [InlineData("a;\ufeff＝1", "a;\ufeff'＝1")]
    [InlineData("a;\"=1+1\"", "a;\"'=1+1\"")]
    [InlineData(" =1+1", " '=1+1")]
    [InlineData("\u0001=1+1", "\u0001'=1+1")]
    [InlineData(";=;=", ";'=;'=")]
    [InlineData("a@example.org", "a@example.org")]
    [InlineData("x-y+z=1; done", "x-y+z=1; done")]
    [InlineData("ｱ＞", "ｱ＞")]
    public async Task Text_ThatWouldBeginACell_IsKeptFromRunning(string text, string written) =>
        Assert.Equal(written, (await CellAsync(text, "username", Protected)).Username);

    [Fact]
    public async Task Json_ThatHoldsSuchText_MeansTheSameAndRunsNowhere()
    {
        const string Details = """{"a": "x;=1+1", "b": ["=2", -3, "y|-4", 1e+5], "c": "＝5", "d": "z; ＠6", "e": -7}""";
        var (_, plain) = await CellAsync("name", Details, CsvStyle.Plain);
        var (_, cell) = await CellAsync("name", Details, Protected);

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(plain), JsonElement.Parse(cell)), cell);
        Assert.Contains("x;\\u003d1+1", cell, StringComparison.Ordinal);
        Assert.Contains("z; \\uff206", cell, StringComparison.Ordinal);
    }

    [Fact]
    public Task Text_OfAnyKind_BeginsNoCellWithASignWhateverSeparates() =>
        Gen.String[Gen.Char["=+-@＝＠;,|\t\r\n\" a'\u00a0"], 0, 30]
            .SampleAsync(
                async text =>
                {
                    var written = (await CellAsync(text, null, Protected)).Username;
                    foreach (var separator in ",;|\t")
                    {
                        foreach (var cell in written.Split([separator, '\r', '\n']))
                            Assert.DoesNotMatch("^[\\s\"\u00a0]*[=+\\-@＝＠]", cell);
                    }
                },
                iter: 2_000
            );

    /// <summary>The name and the details of one report, read back from its file.</summary>
    private static async Task<(string Username, string Details)> CellAsync(string name, string? details, CsvStyle style)
    {
        var report = SampleReports.MakeOne(new Random(1), 1, name, details is ['{', ..] ? details : null);
        using var file = new MemoryStream();
        var pipe = PipeWriter.Create(file, new(leaveOpen: true));
        var csv = new CsvExport(pipe, ExportColumns.Of("username,extra_details__data"), style);
        await csv.BeginAsync(default);
        await csv.WriteAsync([ReportText.Of(report)], default);
        await csv.EndAsync(default);
        await pipe.CompleteAsync();
        using var reader = CsvHelper.CsvReader.Create(
            file.ToArray(),
            new() { Separator = ',', TrimWhitespace = false }
        );
        Assert.True(reader.Read());
        return (reader.GetString(0), reader.IsNull(1) ? "" : reader.GetString(1));
    }
}
