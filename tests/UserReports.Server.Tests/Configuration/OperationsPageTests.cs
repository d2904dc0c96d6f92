using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Npgsql;
using UserReports.Server.Commands;
using UserReports.Server.Configuration;
using UserReports.Server.Tests.Mounting;
using UserReports.Workspace;

namespace UserReports.Server.Tests.Configuration;

/// <summary>What the pages on installing and running show to be copied is tried by the programs that it is
/// for.</summary>
public sealed partial class OperationsPageTests
{
    private static readonly string[] Pages = ["docs/installing.md", "docs/operations.md"];

    private static readonly IReadOnlyList<DocumentedBlock> Blocks = [.. Pages.SelectMany(DocumentedBlock.Of)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Block_OfEachLanguage_IsTriedByATest() =>
        Assert.Equal(["json", "nginx", "sh", "sql"], Blocks.Select(block => block.Language).Distinct().Order());

    [Fact]
    public async Task Nginx_GivenEachBlock_FindsNoFault()
    {
        foreach (var block in TextsOf("nginx"))
        {
            var isServer = block.Contains("server {", StringComparison.Ordinal);
            Assert.Equal("", await Nginx.CheckAsync(isServer ? block : Nginx.Documented(block)));
        }

        // It would say so.
        Assert.Contains("proxy_pas", await Nginx.CheckAsync(Nginx.Documented("location / { proxy_pas x; }")));
    }

    [Fact]
    public void Commands_OfEachBlock_AreKnownToTheCommandLine()
    {
        var text = TextOfPages();
        var commands = TextsOf("sh")
            .Select(block => block.Replace("\\\n", " ", StringComparison.Ordinal))
            .SelectMany(block => OwnCommand().Matches(block).Select(match => match.Groups[1].Value))
            .Concat(InlineCommand().Matches(text).Select(match => match.Groups[1].Value))
            .ToList();
        Assert.Contains("check", commands);
        var root = CommandLine.Build(new(TextWriter.Null, TextWriter.Null, false, null));
        foreach (var command in commands)
            Assert.Empty(root.Parse(command).Errors.Select(error => $"{command}: {error.Message}"));
    }

    [Fact]
    public void Files_OfEachBlock_AreInTheCheckout()
    {
        var files = TextsOf("sh").SelectMany(block => OwnFile().Matches(block).Select(match => match.Value)).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(Path.Exists(DocumentedBlock.Checkout(file)), file));
    }

    [Fact]
    public void Variables_OfThePageAndTheTemplate_AreSettings()
    {
        var text = TextOfPages() + File.ReadAllText(DocumentedBlock.Checkout("eng/user-reports.env"));
        var names = Variable().Matches(text).Select(match => match.Value).Distinct().ToList();
        Assert.Contains("USERREPORTS__PathBase", names);
        var settings = SettingsTable
            .All.SelectMany(setting => new[] { setting.Variable, setting.Variable + "__File" })
            .ToList();
        Assert.All(names, name => Assert.Contains(name, settings));
    }

    [Fact]
    public void Settings_OfEachBlock_AreValid()
    {
        foreach (var block in TextsOf("json"))
        {
            using var json = new MemoryStream(Encoding.UTF8.GetBytes(block));
            var settings = ServerSettings.Read(new ConfigurationBuilder().AddJsonStream(json).Build(), false);
            Assert.True(settings.IsGiven(SettingsTable.AllowedHosts));
        }
    }

    /// <summary>The unit as it is, but for the program, which is not installed here.</summary>
    [Fact]
    public async Task Systemd_GivenTheUnit_FindsNoFault()
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-unit-").FullName;
        try
        {
            var unit = await File.ReadAllTextAsync(DocumentedBlock.Checkout("eng/user-reports.service"), Stop);
            Assert.Equal("", await VerifyAsync(folder, unit));
            Assert.Contains(
                "NoSuchKey",
                await VerifyAsync(folder, unit.Replace("UMask=", "NoSuchKey=", StringComparison.Ordinal))
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Role_MadeAsShown_ReadsAndCannotWrite()
    {
        var server = Environment.GetEnvironmentVariable("USERREPORTS_TEST_POSTGRES");
        Assert.False(string.IsNullOrEmpty(server), "USERREPORTS_TEST_POSTGRES names no server; ./test starts one.");
        var name = $"operations_{Guid.NewGuid():N}";
        var block = Assert.Single(TextsOf("sql"), text => text.Contains("database kpi", StringComparison.Ordinal));
        await using var all = NpgsqlDataSource.Create(server);
        await ExecuteAsync(all, $"create database {name}");
        try
        {
            var inside = new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = false };
            await using var owner = NpgsqlDataSource.Create(inside.ConnectionString);
            await ExecuteAsync(owner, "create table before (id int); insert into before values (1)");
            await ExecuteAsync(
                owner,
                block
                    .Replace("database kpi", $"database {name}", StringComparison.Ordinal)
                    .Replace("user_reports", name, StringComparison.Ordinal)
            );
            await ExecuteAsync(owner, "create table after (id int); insert into after values (2)");
            await ExecuteAsync(owner, $"set role {name}; select * from before, after");
            var refused = await Assert.ThrowsAsync<PostgresException>(() =>
                ExecuteAsync(owner, $"set role {name}; delete from before")
            );
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
        finally
        {
            await ExecuteAsync(all, $"drop database {name} with (force)");
            await ExecuteAsync(all, $"drop role if exists {name}");
        }
    }

    [Fact]
    public async Task Workspace_MadeAsShown_IsOneWhoseRoleMakesItsTables()
    {
        var server = Environment.GetEnvironmentVariable("USERREPORTS_TEST_POSTGRES");
        Assert.False(string.IsNullOrEmpty(server), "USERREPORTS_TEST_POSTGRES names no server; ./test starts one.");
        var name = $"operations_{Guid.NewGuid():N}";
        var block = Assert.Single(
            TextsOf("sql"),
            text => text.Contains("create database user_reports owner", StringComparison.Ordinal)
        );
        await using var all = NpgsqlDataSource.Create(server);
        try
        {
            foreach (var line in block.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                await ExecuteAsync(
                    all,
                    line.Replace("user_reports_workspace", $"{name}_role", StringComparison.Ordinal)
                        .Replace("user_reports", name, StringComparison.Ordinal)
                );
            }

            await ExecuteAsync(all, $"alter role {name}_role password 'x'");
            var inside = new NpgsqlConnectionStringBuilder(server)
            {
                Database = name,
                Username = $"{name}_role",
                Password = "x",
            };
            await using var workspace = new WorkspaceDatabase(inside.ConnectionString, TimeProvider.System);
            Assert.Equal(0, (await workspace.Follow.SummarizeAsync(Stop)).Count);
        }
        finally
        {
            await ExecuteAsync(all, $"drop database if exists {name} with (force)");
            await ExecuteAsync(all, $"drop role if exists {name}_role");
        }
    }

    private static string TextOfPages() =>
        string.Concat(Pages.Select(page => File.ReadAllText(DocumentedBlock.Checkout(page))));

    private static IEnumerable<string> TextsOf(string language) =>
        Blocks.Where(block => block.Language == language).Select(block => block.Text);

    private static async Task<string> VerifyAsync(string folder, string unit)
    {
        var file = Path.Combine(folder, "user-reports.service");
        await File.WriteAllTextAsync(
            file,
            unit.Replace("/opt/user-reports/user-reports", "/bin/true", StringComparison.Ordinal),
            Stop
        );
        return await RunAsync("systemd-analyze", "", "verify", "--man=no", file);
    }

    /// <summary>What the program says against its input; empty if nothing.</summary>
    private static async Task<string> RunAsync(string program, string input, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardInput = true }
        )!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var faults = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return process.ExitCode == 0 ? faults : $"{process.ExitCode}: {faults}";
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Stop);
    }

    /// <summary>The program with a command; elsewhere the name is that of a user, an image or a container.</summary>
    [GeneratedRegex(@"(?<=^|/)user-reports +([a-z][^|&;#\n]*)", RegexOptions.Multiline)]
    private static partial Regex OwnCommand();

    [GeneratedRegex(@"`user-reports ([^`]+)`")]
    private static partial Regex InlineCommand();

    [GeneratedRegex(@"(?<=\s)(?:eng|src)/[\w./-]+")]
    private static partial Regex OwnFile();

    [GeneratedRegex(@"USERREPORTS__\w+")]
    private static partial Regex Variable();
}
