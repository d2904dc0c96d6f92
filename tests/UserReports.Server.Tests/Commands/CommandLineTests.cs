using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using UserReports.Workspace;
using UserReports.Workspace.Views;

namespace UserReports.Server.Tests.Commands;

public sealed class CommandLineTests(GeneratedPlatform platform) : IClassFixture<GeneratedPlatform>
{
    private static readonly string[] Commands =
    [
        "demo",
        "serve",
        "refresh",
        "status",
        "health",
        "check",
        "query",
        "compare",
        "export",
        "audit",
        "move",
        "forget-node",
        "generate",
        "completion",
        "version",
    ];

    [Fact]
    public async Task Help_OfEveryCommand_HasAnExampleThatNamesIt()
    {
        foreach (var command in Commands)
        {
            var help = await CommandRun.OfAsync(command, "--help");

            Assert.Equal(0, help.ExitCode);
            Assert.Contains($"user-reports {command}", help.Output.Split("Example:")[1], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("quary", "Unrecognized command or argument 'quary'. Did you mean query?\nSee: user-reports --help\n")]
    [InlineData("", "Required command was not provided.\nSee: user-reports --help\n")]
    [InlineData(
        "query --limit 0",
        "--limit is '0', but it must be a whole number, 1 or more.\nSee: user-reports query --help\n"
    )]
    [InlineData(
        "query --limit ten",
        "--limit is 'ten', but it must be a whole number, 1 or more.\nSee: user-reports query --help\n"
    )]
    [InlineData(
        "query --format xml",
        "Argument 'xml' not recognized. Must be one of: 'table', 'json', 'csv'.\nSee: user-reports query --help\n"
    )]
    [InlineData("status --set nothing", "--set nothing is no Name=Value.\nSee: user-reports status --help\n")]
    [InlineData("query x --url ftp://x", "--url is 'ftp://x', but it must be an http or https address.\n")]
    [InlineData(
        "export --output reports",
        "The format cannot be told from the name 'reports'. Give --format with one of csv, ndjson, parquet, xlsx.\n"
    )]
    [InlineData(
        "demo --admin-token a+b",
        "--admin-token must have 1 to 40 letters, digits, hyphens and underscores.\n"
    )]
    public async Task Usage_Wrong_SaysWhatAndEndsWithTwo(string line, string error)
    {
        var run = await CommandRun.OfAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, "", error), (run.ExitCode, run.Output, run.Error.ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task Query_InAPipe_IsAJsonListOfTheChosenFields()
    {
        var run = await CommandRun.OfAsync([
            "query",
            "is_superuser:true",
            "--fields",
            "username,organization__role",
            .. platform.Places,
        ]);

        Assert.Equal(0, run.ExitCode);
        var rows = JsonNode.Parse(run.Output)!.AsArray();
        Assert.Equal("admin", rows[0]!["username"]!.GetValue<string>());
        Assert.Equal(["username", "organization"], rows[0]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task Query_AsCsv_HoldsTheChosenColumns()
    {
        var run = await CommandRun.OfAsync([
            "query",
            "username:admin",
            "--fields",
            "is_superuser,username",
            "--format",
            "csv",
            .. platform.Places,
        ]);

        Assert.Equal("username,is_superuser\r\nadmin,true\r\n", run.Output);
    }

    [Fact]
    public async Task Query_AsTable_SaysHowManyThereAre()
    {
        var run = await CommandRun.OfAsync(["query", "--limit", "2", "--format", "table", .. platform.Places]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("username", run.Output, StringComparison.Ordinal);
        Assert.Matches("2 of 3[0-9][0-9] rows\\.", run.Error);
        Assert.DoesNotContain("\u001b", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(140)]
    public async Task Query_OnAScreen_FitsItsWidth(int width)
    {
        var run = await CommandRun.OnScreenAsync(width, ["query", "--limit", "50", .. platform.Places]);

        Assert.Equal(0, run.ExitCode);
        var lines = run.Output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        Assert.InRange(lines.Max(line => line.Length), width / 2, width);
        // Rows never wrap: below the rule there is a line for each.
        Assert.Equal(
            50,
            lines.SkipWhile(line => !line.Contains('─')).Skip(1).Count(line => !string.IsNullOrWhiteSpace(line))
        );
    }

    [Fact]
    public async Task Query_ThatDoesNotFit_EndsWithTwo()
    {
        var run = await CommandRun.OfAsync(["query", "usernam:x", .. platform.Places]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.EndsWith(
            "The report has no field \"usernam\". Did you mean username?",
            run.Error.TrimEnd(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("query", "organization__role:ownr")]
    [InlineData("export", "--q", "organization__role:ownr", "--format", "csv", "--output", "/dev/null")]
    public async Task Answer_ToAnUnlikelyValue_WarnsBesideIt(params string[] command)
    {
        var run = await CommandRun.OfAsync([.. command, .. platform.Places]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            "Warning: \"organization__role\" is never \"ownr\". Did you mean owner?",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("Warning", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    [InlineData("parquet")]
    [InlineData("xlsx")]
    public async Task Export_ToAFile_SaysHowManyRows(string format)
    {
        var file = Path.Combine(platform.Folder, $"all.{format}");

        var run = await CommandRun.OfAsync(["export", "--output", file, .. platform.Places]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches($"3[0-9][0-9] rows written to {file}\\.", run.Error);
        Assert.True(new FileInfo(file).Length > 10_000);
        Assert.False(File.Exists(file + ".unfinished"));
    }

    [Fact]
    public async Task Export_ToAPipe_IsWrittenIntoItAndTakesNotItsPlace()
    {
        var pipe = Path.Combine(platform.Folder, "pipe.ndjson");
        using (var made = Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var read = Task.Run(() => File.ReadAllLines(pipe), TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync(["export", "--output", pipe, .. platform.Places]);

        Assert.True(run.ExitCode == 0, run.Error);
        var lines = await read.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.InRange(lines.Length, 300, 399);
        Assert.All(lines, line => Assert.StartsWith("{", line, StringComparison.Ordinal));
        File.Delete(pipe);
    }

    [Theory]
    [InlineData("true", "'=1+1")]
    [InlineData("false", "=1+1")]
    public async Task Export_AsCsv_ProtectsFromFormulasAsTheSettingSays(string setting, string cell)
    {
        People.Execute(
            Path.Combine(platform.Folder, "platform.duckdb"),
            "update auth_user set first_name = '=1+1' where id = 7"
        );
        await CommandRun.OfAsync(["refresh", .. platform.Places]);
        var file = Path.Combine(platform.Folder, $"formulas-{setting}.csv");

        var run = await CommandRun.OfAsync([
            "export",
            "--output",
            file,
            "--fields",
            "first_name",
            .. platform.Places,
            "--set",
            $"Exports:FormulaProtection={setting}",
        ]);

        Assert.True(run.ExitCode == 0, run.Error);
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains(cell, lines);
    }

    [Fact]
    public async Task Status_AsJson_HoldsRunRowsAgeAndSources()
    {
        var run = await CommandRun.OfAsync(["status", "--json", .. platform.Places]);

        using var status = JsonDocument.Parse(run.Output);
        Assert.Equal("completed", status.RootElement.GetProperty("last_run").GetProperty("status").GetString());
        Assert.Equal(300, status.RootElement.GetProperty("last_run").GetProperty("accounts_done").GetInt64());
        Assert.InRange(status.RootElement.GetProperty("rows").GetInt64(), 300, 399);
        Assert.True(status.RootElement.GetProperty("sources")[0].GetProperty("is_reachable").GetBoolean());
    }

    [Theory]
    [InlineData("query", "is_superuser:true")]
    [InlineData("export", "--format", "csv", "--output", "-")]
    [InlineData("status")]
    public async Task Store_NotThere_IsSaidAndNotMade(params string[] command)
    {
        var place = Path.Combine(platform.Folder, "mistyped", "reports.duckdb");

        var run = await CommandRun.OfAsync([.. command, .. platform.Places, "--set", $"Store=Data Source={place}"]);

        Assert.Equal(
            (1, "", $"There is no store at {place}. Look at the setting Store, or make one: user-reports refresh\n"),
            (run.ExitCode, run.Output, run.Error.ReplaceLineEndings("\n"))
        );
        Assert.False(Directory.Exists(Path.GetDirectoryName(place)));
    }

    [Fact]
    public async Task Check_StoreNotThere_WarnsAndDoesNotMakeIt()
    {
        var place = Path.Combine(platform.Folder, "mistyped", "reports.duckdb");

        var run = await CommandRun.OfAsync(["check", .. platform.Places, "--set", $"Store=Data Source={place}"]);

        Assert.Contains(
            $"There is no store at {place}. The first refresh makes it",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Equal(0, run.ExitCode);
        Assert.False(Directory.Exists(Path.GetDirectoryName(place)));
    }

    [Fact]
    public async Task Check_StoreNotThereAndNotToBeMade_EndsWithOne()
    {
        var run = await CommandRun.OfAsync([
            "check",
            .. platform.Places,
            "--set",
            "Store=Data Source=/proc/nowhere/reports.duckdb",
        ]);

        Assert.Contains(
            "There is no store at /proc/nowhere/reports.duckdb. It cannot be made: ",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task Check_AllIsWell_EndsWithZero()
    {
        var run = await CommandRun.OfAsync(["check", .. platform.Places]);

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(
            [
                "ok  settings   values      valid",
                "ok  platform   connection  an embedded database",
                "ok  platform   tables      every table and column that reports need",
                "ok  platform   stripe      on: plans and limits are Stripe's.",
                "ok  usage      connection  an embedded database",
                "ok  usage      tables      every table and column that reports need",
            ],
            run.Output.ReplaceLineEndings("\n").Split('\n')[..6]
        );
        Assert.Matches("ok  store      folder      3[0-9][0-9] rows in ", run.Output);
        Assert.Matches("(?s)All is well. Next:.* refresh .* query .* serve ", run.Output);
    }

    [Fact]
    public async Task Check_AsJson_SaysResultPlaceAndSubject()
    {
        var run = await CommandRun.OfAsync([
            "check",
            "--format",
            "json",
            .. platform.Places,
            "--set",
            "Sources:Usage=Data Source=/nowhere/usage.duckdb",
        ]);

        Assert.Equal(1, run.ExitCode);
        var failure = Assert.Single(
            JsonNode.Parse(run.Output)!.AsArray(),
            line => line!["result"]!.GetValue<string>() == "failure"
        )!;
        Assert.Equal(("usage", "connection"), ((string?)failure["where"], (string?)failure["subject"]));
    }

    [Fact]
    public async Task Check_SourceThatIsNotThere_EndsWithOneAndSaysWhatToDo()
    {
        var run = await CommandRun.OfAsync([
            "check",
            .. platform.Places,
            "--set",
            "Sources:Usage=Data Source=/nowhere/usage.duckdb",
        ]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "failure  usage      connection  The usage database /nowhere/usage.duckdb does not exist",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Generate_IntoADatabaseThatIsNotEmpty_IsRefused()
    {
        var run = await CommandRun.OfAsync(
            "generate",
            "--accounts",
            "5",
            "--platform",
            platform.Source("platform"),
            "--usage",
            platform.Source("usage")
        );

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("The platform database is not empty", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_NoServerAtTheAddress_EndsWithOne()
    {
        var run = await CommandRun.OfAsync("query", "demo", "--url", "http://127.0.0.1:1", "--token", "k");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("The server did not answer: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_OfACommand_OffersItsOptions()
    {
        var command = await CommandRun.OfAsync("[suggest:15]", "user-reports qu");
        var option = await CommandRun.OfAsync("[suggest:21]", "user-reports version ");

        Assert.Equal(["query"], Lines(command));
        Assert.Equal(["--help", "--set", "--verbose", "-h"], Lines(option).Order(StringComparer.Ordinal));

        static string[] Lines(CommandRun run) => run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task Move_ToAnEmptyWorkspace_SaysWhatItDidAndIsRefusedTheSecondTime()
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-move-").FullName;
        try
        {
            string[] move = ["move", "--from", $"Data Source={folder}/a.db", "--to", $"Data Source={folder}/b.db"];
            var nothing = await CommandRun.OfAsync(move);
            Assert.Equal(
                (1, $"There is no workspace {folder}/a.db. Look at --from.\n"),
                (nothing.ExitCode, nothing.Error)
            );
            await using (var workspace = new WorkspaceDatabase($"Data Source={folder}/a.db", TimeProvider.System))
                await new SavedViews(workspace, TimeProvider.System).SaveAsync(1, "root", "mine", "/", false, default);

            var moved = await CommandRun.OfAsync(move);
            Assert.Equal((0, ""), (moved.ExitCode, moved.Error));
            Assert.Matches(
                "^saved_view +1 row\nMoved 1 row of [0-9]+ tables, and counted them there. The workspace that they are from is "
                    + "as it was.\nNext: set Workspace to the new one for every node, and start them.\n$",
                moved.Output
            );
            var refused = await CommandRun.OfAsync(move);
            Assert.Equal(1, refused.ExitCode);
            Assert.StartsWith($"The workspace {folder}/b.db is not empty", refused.Error, StringComparison.Ordinal);
            Assert.Equal(0, (await CommandRun.OfAsync([.. move, "--replace"])).ExitCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Version_IsPrinted() =>
        Assert.Matches("^user-reports [0-9]+\\.[0-9]+\\.[0-9]+", (await CommandRun.OfAsync("version")).Output);
}
