using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Npgsql;
using UserReports.Core.LimitsFiles;
using UserReports.Core.Query;
using UserReports.Server.Commands;
using UserReports.Server.Configuration;
using UserReports.Server.Tests.Api;
using UserReports.Server.Tests.Configuration;
using UserReports.Server.Tests.Mounting;
using UserReports.Testing;

namespace UserReports.Server.Tests.Documentation;

/// <summary>What the pages show to be copied is tried, wherever it stands.</summary>
public sealed partial class PagesTests
{
    /// <summary>Who tries the blocks of a language; what a program answers is <c>text</c>.</summary>
    private static readonly Dictionary<string, string[]> Trials = new(StringComparer.Ordinal)
    {
        ["sh"] = [nameof(Shell_GivenEachBlock_CanReadIt), nameof(Curl_OfEachBlock_IsAnswered)],
        ["q"] = [nameof(Queries_OfEachBlock_MeanSomething), nameof(MigratingPageTests)],
        ["query"] = ["QuestionContract"],
        ["sql"] = [nameof(Statements_OfTheFirstServerAndOfFollowing_AreTaken), nameof(OperationsPageTests)],
        ["json"] = [nameof(LimitsFiles_OfEachBlock_AreWithoutFault), nameof(OperationsPageTests)],
        ["jsonc"] = [nameof(LimitsFiles_OfEachBlock_AreWithoutFault)],
        ["settings"] = [nameof(Settings_OfEachBlock_AreValid)],
        ["nginx"] = [nameof(OperationsPageTests), nameof(BehindNginxTests)],
        ["yaml"] = ["SeveralNodesTests"],
        ["text"] = [],
    };

    /// <summary>Those of the platform that the blocks name.</summary>
    private const string Tables = """
        create table auth_user (id int);
        create table account_emailaddress (id int, user_id int);
        create table organizations_organizationuser (id int);
        create table hub_extrauserdetail (id int, user_id int);
        create table kpi_asset (id int, owner_id int);
        """;

    private static readonly IReadOnlyList<(string Page, DocumentedBlock Block)> Blocks =
    [
        .. Directory
            .EnumerateFiles(DocumentedBlock.Checkout("docs"), "*.md")
            .Select(file => "docs/" + Path.GetFileName(file))
            .Append("README.md")
            .Order(StringComparer.Ordinal)
            .SelectMany(page => DocumentedBlock.Of(page).Select(block => (page, block))),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Block_OfAnyPage_IsTriedByATestOrMarkedAsOutput()
    {
        Assert.InRange(Blocks.Count, 30, int.MaxValue);
        Assert.All(Blocks, each => Assert.True(Trials.ContainsKey(each.Block.Language), $"{each.Page}: {each.Block}"));
    }

    [Fact]
    public async Task Shell_GivenEachBlock_CanReadIt()
    {
        foreach (var block in Of("sh"))
            Assert.Equal((0, ""), await BashAsync("-n", block, []));
    }

    [Fact]
    public void Commands_OfEachBlock_AreKnownToTheCommandLine()
    {
        var root = CommandLine.Build(new(TextWriter.Null, TextWriter.Null, false, null));
        var commands = Of("sh")
            .SelectMany(block => OwnCommand().Matches(block.Replace("\\\n", " ", StringComparison.Ordinal)))
            .Select(match => match.Groups[1].Value.Trim().Replace('\'', '"'))
            .ToList();
        Assert.InRange(commands.Count, 15, int.MaxValue);
        foreach (var command in commands)
            Assert.Empty(root.Parse(command).Errors.Select(error => $"{command}: {error.Message}"));
    }

    [Fact]
    public async Task Curl_OfEachBlock_IsAnswered()
    {
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(20),
            ("Access:Conceal", "names"),
            ("Access:Tags", $"support={People.Superuser.Name}"),
            ("Access:RevealTags", "support")
        );
        // The day that the pages ask for is the one that is kept here.
        Assert.NotNull(server.Store.History.Keep(Stop));
        var today = SampleReports.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var asked = 0;
        foreach (var block in Of("sh").Where(block => block.Contains("curl ", StringComparison.Ordinal)))
        {
            // What is read unseen comes from the terminal; whatever is no request is tried elsewhere.
            var lines = block
                .Replace("\\\n", " ", StringComparison.Ordinal)
                .Split('\n')
                .Where(line => line.StartsWith("curl ", StringComparison.Ordinal));
            foreach (var line in lines)
            {
                var script =
                    "read -rs KEY; curl() { command curl --fail-with-body --silent --show-error \"$@\"; }\n"
                    + AskedDay()
                        .Replace(line, today)
                        .Replace("127.0.0.1:5080", server.Address.Authority, StringComparison.Ordinal)
                        .Replace("uAbC123", "u7", StringComparison.Ordinal);
                var (exitCode, said) = await BashAsync("-c", People.Superuser.Token + "\n", [script], server.Folder);
                Assert.True(exitCode == 0, $"{line}: {said}");
                asked++;
            }
        }

        Assert.InRange(asked, 4, int.MaxValue);
    }

    [Fact]
    public void Queries_OfEachBlock_MeanSomething()
    {
        foreach (var line in Of("q").SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            var query = Explanation().Split(line)[0];
            Assert.Empty(QueryCompiler.Compile(query, null).Errors.Select(error => $"{query}: {error}"));
        }
    }

    [Fact]
    public void LimitsFiles_OfEachBlock_AreWithoutFault()
    {
        var files = Of("json", "jsonc").Where(text => text.Contains("\"default\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, files.Count);
        foreach (var file in files)
        {
            Assert.NotNull(LimitsFileReader.Read(Encoding.UTF8.GetBytes(file), out var faults));
            Assert.Empty(faults);
        }
    }

    [Fact]
    public void Settings_OfEachBlock_AreValid()
    {
        foreach (var block in Of("settings"))
        {
            var given = block
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => Explanation().Split(line)[0].Split('=', 2))
                .Select(parts => KeyValuePair.Create(parts[0], (string?)parts[1]));
            ServerSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build(), false);
        }
    }

    [Fact]
    public async Task Statements_OfTheFirstServerAndOfFollowing_AreTaken()
    {
        var server = Environment.GetEnvironmentVariable("USERREPORTS_TEST_POSTGRES");
        Assert.False(string.IsNullOrEmpty(server), "USERREPORTS_TEST_POSTGRES names no server; ./test starts one.");
        var name = $"pages_{Guid.NewGuid():N}";
        await using var all = NpgsqlDataSource.Create(server);
        await ExecuteAsync(all, $"create database {name}");
        try
        {
            var inside = new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = false };
            await using var owner = NpgsqlDataSource.Create(inside.ConnectionString);
            await ExecuteAsync(owner, Tables);
            string[] pages = ["docs/first-server.md", "docs/freshness.md"];
            var blocks = Blocks.Where(each => pages.Contains(each.Page) && each.Block.Language == "sql").ToList();
            Assert.Equal(3, blocks.Count);
            foreach (var (_, block) in blocks)
            {
                var text = block
                    .Text.Replace("reports_feed", $"{name}_feed", StringComparison.Ordinal)
                    .Replace("role reports ", $"role {name}_role ", StringComparison.Ordinal)
                    .Replace("to reports;", $"to {name}_role;", StringComparison.Ordinal);
                await ExecuteAsync(owner, text);
            }
        }
        finally
        {
            await ExecuteAsync(all, $"drop database {name} with (force)");
            await ExecuteAsync(all, $"drop role if exists {name}_feed; drop role if exists {name}_role");
        }
    }

    private static IEnumerable<string> Of(params string[] languages) =>
        Blocks.Where(each => languages.Contains(each.Block.Language)).Select(each => each.Block.Text);

    /// <summary>How bash ended, and what it said against that.</summary>
    private static async Task<(int ExitCode, string Said)> BashAsync(
        string option,
        string input,
        IEnumerable<string> arguments,
        string? folder = null
    )
    {
        using var process = Process.Start(
            new ProcessStartInfo("bash", [option, .. arguments])
            {
                RedirectStandardError = true,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                WorkingDirectory = folder ?? "",
            }
        )!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var said = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, process.ExitCode == 0 ? said : said + await output);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Stop);
    }

    [GeneratedRegex(@"(?:^|[(/])user-reports +([a-z](?:[^|&;#>)\n'""]|'[^']*'|""[^""]*"")*)", RegexOptions.Multiline)]
    private static partial Regex OwnCommand();

    [GeneratedRegex(@"(?<=[?&](?:at|from|to)=)\d{4}-\d\d-\d\d")]
    private static partial Regex AskedDay();

    /// <summary>Begins what a line says of itself.</summary>
    [GeneratedRegex(@"\s{3,}")]
    private static partial Regex Explanation();
}
