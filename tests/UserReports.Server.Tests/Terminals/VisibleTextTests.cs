using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using UserReports.Server.Terminals;
using UserReports.Server.Tests.Commands;

namespace UserReports.Server.Tests.Terminals;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain Grüße 漢字 🌍", "plain Grüße 漢字 🌍")]
    [InlineData("\u001b[2J", "␛[2J")]
    [InlineData("\0\a\b\r\n\t\u007f", "␀␇␈␍␊␉␡")]
    [InlineData("\u009b31m\u0085", "\\u009b31m\\u0085")]
    [InlineData("a\u202etxt.exe\u202c\u2066\u200f\u061c", "a\\u202etxt.exe\\u202c\\u2066\\u200f\\u061c")]
    [InlineData("a\u2028b", "a\\u2028b")]
    public void Text_ThatSteersATerminal_IsShownAsSymbols(string text, string shown) =>
        Assert.Equal(shown, VisibleText.Of(text));

    [Fact]
    public void Lines_OfAMessage_KeepTheirBreaks() =>
        Assert.Equal("a\n\tb␛c\r\n", VisibleText.OfLines("a\n\tb\u001bc\r\n"));

    [Fact]
    public void Json_WithSuchText_MeansTheSame()
    {
        const string Json = "{\n\"a\u202e\": \"\u009b\u007fx\\u001b\"}";
        var shown = VisibleText.OfJson(Json);
        Assert.Equal("{\n\"a\\u202e\": \"\\u009b\\u007fx\\u001b\"}", shown);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Json), JsonElement.Parse(shown)));
    }

    [Fact]
    public void Log_OnTheConsole_IsShownAsSymbols()
    {
        using var inner = new LogLines();
        using var logs = new VisibleLogs(inner);
        logs.CreateLogger("category")
            .LogError(new InvalidOperationException("why\u001b]0;x\a"), "name {Name}", "\u009b2J\u202e");

        var line = Assert.Single(inner.All);
        Assert.Contains("name \\u009b2J\\u202e", line, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: why␛]0;x␇", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, character => char.IsControl(character) && character is not ('\n' or '\r'));
    }

    [Fact]
    public async Task Server_WithItsConsole_WritesNoLogPastIt()
    {
        var services = new ServiceCollection().AddLogging(logging => logging.AddConsole().ShowControlCharacters());
        await using var provider = services.BuildServiceProvider();
        Assert.IsType<VisibleLogs>(Assert.Single(provider.GetServices<ILoggerProvider>()));

        await using var server = await RunningServer.StartAsync(
            [],
            added => Assert.DoesNotContain(added, s => s.ImplementationType == typeof(ConsoleLoggerProvider))
        );
    }
}

/// <summary>A name that holds escape sequences, in everything that a command shows.</summary>
public sealed class SteeringNameTests(GeneratedPlatform platform) : IClassFixture<GeneratedPlatform>, IAsyncLifetime
{
    private const string Name = "evil\u001b]0;owned\a\u001b[2J\u009b31m\u202etxt.exe\u007f";
    private const string Shown = "evil␛]0;owned␇␛[2J\\u009b31m\\u202etxt.exe␡";

    public async ValueTask InitializeAsync()
    {
        People.Execute(
            Path.Combine(platform.Folder, "platform.duckdb"),
            $"update auth_user set first_name = '{Name}' where id = 7"
        );
        Assert.Equal(0, (await CommandRun.OfAsync(["refresh", .. platform.Places])).ExitCode);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Query_AsTable_ShowsSymbols()
    {
        foreach (
            var run in new[]
            {
                await CommandRun.OfAsync([.. Query, "--format", "table", .. platform.Places]),
                await CommandRun.OnScreenAsync(200, [.. Query, .. platform.Places]),
            }
        )
        {
            Assert.Equal(0, run.ExitCode);
            Assert.Contains(Shown, run.Output, StringComparison.Ordinal);
            HoldsNoControl(run);
        }
    }

    [Fact]
    public async Task Query_AsJson_EscapesThem()
    {
        var run = await CommandRun.OfAsync([.. Query, "--format", "json", .. platform.Places]);

        HoldsNoControl(run);
        Assert.Equal(Name, JsonNode.Parse(run.Output)![0]!["first_name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Query_AsCsv_KeepsTheData()
    {
        var run = await CommandRun.OfAsync([.. Query, "--format", "csv", .. platform.Places]);

        Assert.Contains(Name, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_ThatQuoteSuchText_ShowSymbols()
    {
        foreach (
            var command in (string[][])
                [
                    ["query", "\u001b[2J\u202e:1", .. platform.Places],
                    ["qu\u001b[2Jery"],
                    ["export", "--output", "a.\u009b2J"],
                    ["status", "--set", $"Store=Data Source=/nowhere/\u001b[2J"],
                ]
        )
        {
            var run = await CommandRun.OfAsync(command);
            Assert.NotEqual(0, run.ExitCode);
            HoldsNoControl(run);
        }
    }

    [Fact]
    public async Task Audit_OfSuchAName_ShowsSymbols()
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-audit-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "audit-2026-11-20.jsonl"),
            JsonSerializer.Serialize(
                new
                {
                    at = "2026-11-20T12:00:00Z",
                    username = Name,
                    route = "explorer\u001b[2J",
                    q = "\u202ex",
                    rows = 1,
                    status = 200,
                    within = new[] { "summary\u001b[2J" },
                }
            ) + "\n",
            TestContext.Current.CancellationToken
        );
        foreach (var json in new[] { false, true })
        {
            string[] options = json ? ["--json"] : [];
            var run = await CommandRun.OfAsync([
                "audit",
                .. options,
                .. platform.Places,
                "--set",
                $"Audit:Folder={folder}",
            ]);
            Assert.True(run.ExitCode == 0, run.Error);
            HoldsNoControl(run);
            Assert.Contains(
                json ? "\\u001B" : $"{Shown}  -  200  1 row  explorer␛[2J",
                run.Output,
                StringComparison.Ordinal
            );
        }

        Directory.Delete(folder, recursive: true);
    }

    private static readonly string[] Query = ["query", "first_name__startswith:evil", "--fields", "first_name"];

    private static void HoldsNoControl(CommandRun run) =>
        Assert.DoesNotContain(
            run.Output + run.Error,
            character => character != '\n' && (char.IsControl(character) || character is '\u202e')
        );
}
