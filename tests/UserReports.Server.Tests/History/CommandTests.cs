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
