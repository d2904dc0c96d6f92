using System.Globalization;
using System.Text.Json.Nodes;
using UserReports.Server.Tests.Commands;

namespace UserReports.Server.Tests.History;

/// <summary>Days that are past, on the command line.</summary>
public sealed class CommandTests(GeneratedPlatform platform) : IClassFixture<GeneratedPlatform>
{
    [Fact]
    public async Task Query_AtADay_IsAnsweredFromTheSnapshotThatRefreshKept()
    {
        var now = await CommandRun.OfAsync(["query", "is_superuser:true", .. platform.Places]);
        // Kept today, whichever day that is by now.
        var then = await CommandRun.OfAsync([
            "query",
            "is_superuser:true",
            "--at",
            TimeProvider.System.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            .. platform.Places,
        ]);

        Assert.True(then.ExitCode == 0, then.Error);
        Assert.NotEmpty(JsonNode.Parse(now.Output)!.AsArray());
        Assert.Equal(now.Output, then.Output);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("export --output - --format ndjson")]
    public async Task Command_BeforeTheFirstSnapshot_NamesTheDays(string command)
    {
        var run = await CommandRun.OfAsync([.. command.Split(' '), "--at", "2020-01-01", .. platform.Places]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("There is no snapshot so early. There are 20", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("export --output - --format ndjson")]
    public async Task Command_AtIsNoDay_SaysWhatItMustBe(string command)
    {
        var run = await CommandRun.OfAsync([.. command.Split(' '), "--at", "yesterday", .. platform.Places]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            "--at is 'yesterday', but it must be a day or an instant, as in 2026-11-02 or 2026-11-02T08:00:00Z.",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Compare_TodayWithThePresent_NothingDiffers()
    {
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        var run = await CommandRun.OfAsync(["compare", "is_superuser:true", "--from", tomorrow, .. platform.Places]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Empty(JsonNode.Parse(run.Output)!.AsArray());
        Assert.Contains("0 rows entered, 0 left, 0 changed, ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--from yesterday", 2, "The parameter from must be a day or an instant")]
    [InlineData("--from 2020-01-01", 1, "There is no snapshot so early. There are 20")]
    [InlineData("--from previous", 1, "The rows of the run before are not at hand")]
    [InlineData("--from previous --to 2020-01-01", 2, "The run before is compared with the present alone")]
    [InlineData("--from 2020-01-02 --to 2020-01-01", 2, "to must be a later moment than from")]
    public async Task Compare_WhatCannotBeCompared_IsSaid(string options, int exitCode, string told)
    {
        var run = await CommandRun.OfAsync(["compare", .. options.Split(' '), .. platform.Places]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("")]
    public async Task History_OfAnAccount_HasAYearOfSubmissionsAndTheDayThatIsKept(string name)
    {
        // By its name, and by its identifier.
        var user = name.Length > 0 ? name : await UidOfAdminAsync();

        var run = await CommandRun.OfAsync(["history", user, .. platform.Places]);

        Assert.True(run.ExitCode == 0, run.Error);
        var history = JsonNode.Parse(run.Output)!;
        Assert.Equal("admin", history["username"]!.GetValue<string>());
        Assert.Equal(366, history["days"]!.AsArray().Count);
        Assert.All(Series(history, "submissions"), value => Assert.NotNull(value));
        Assert.NotNull(Series(history, "service_usage__total_storage_bytes")[^1]);
        Assert.Null(Series(history, "service_usage__total_storage_bytes")[0]);
        Assert.Empty(history["missing"]!.AsArray());

        static JsonArray Series(JsonNode history, string metric) =>
            history["series"]!.AsArray().Single(series => series!["metric"]!.GetValue<string>() == metric)![
                "values"
            ]!.AsArray();
    }

    [Fact]
    public async Task History_AsTableAndCsv_LeavesOutOrLeavesEmptyWhatIsMissing()
    {
        const string Metrics = "service_usage__total_storage_bytes,products";
        string[] asked = ["history", "admin", "--metrics", Metrics, .. platform.Places];

        var csv = await CommandRun.OfAsync([.. asked, "--format", "csv"]);
        var table = await CommandRun.OnScreenAsync(100, asked);

        var lines = csv.Output.Split("\r\n");
        Assert.Equal($"day,{Metrics}", lines[0]);
        Assert.EndsWith(",,", lines[1], StringComparison.Ordinal);
        Assert.Equal(368, lines.Length);
        Assert.Contains("storage_bytes", table.Output.Replace("\n", "", StringComparison.Ordinal));
        Assert.Contains("1 day of 366 with anything", table.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody-is-called-so", 1, "has 'nobody-is-called-so' as its identifier or as its name")]
    [InlineData("admin --from yesterday", 2, "The parameter from must be a day")]
    [InlineData("admin --metrics submision", 2, "Did you mean submissions?")]
    [InlineData("admin --organization none", 2, "has no row in an organisation")]
    public async Task History_WhatCannotBeAnswered_IsSaid(string options, int exitCode, string told)
    {
        var run = await CommandRun.OfAsync(["history", .. options.Split(' '), .. platform.Places]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
    }

    private async Task<string> UidOfAdminAsync()
    {
        var run = await CommandRun.OfAsync(["query", "username:admin", .. platform.Places]);
        return JsonNode.Parse(run.Output)![0]!["user_uid"]!.GetValue<string>();
    }

    [Fact]
    public async Task Check_DayIsDamaged_NamesIt()
    {
        var folder = Path.Combine(platform.Folder, "store", "reports.history");
        var whole = await CommandRun.OfAsync(["check", .. platform.Places]);
        Assert.Matches("ok  history +days +1 day since 20", whole.Output);
        var damaged = Path.Combine(folder, "2026-10-05.1.parquet");
        await File.WriteAllTextAsync(damaged, "nothing", TestContext.Current.CancellationToken);
        try
        {
            var run = await CommandRun.OfAsync(["check", .. platform.Places]);

            Assert.Equal(1, run.ExitCode);
            Assert.Matches(
                "history +2026-10-05 +The file does not end as a Parquet file does. Put a good copy",
                run.Output
            );
        }
        finally
        {
            File.Delete(damaged);
        }
    }
}
