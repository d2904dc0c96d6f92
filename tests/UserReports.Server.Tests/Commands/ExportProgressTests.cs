using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Spectre.Console;
using UserReports.Server.Commands;
using UserReports.Server.Commands.Answers;
using UserReports.Server.Export;

namespace UserReports.Server.Tests.Commands;

/// <summary>What is seen of an export from a server while it comes.</summary>
public sealed class ExportProgressTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ndjson", "{}\n{}\n", "Exporting, 2 rows")]
    [InlineData("csv", "a\r\n\"x\n\"\"y\"\r\nz\r\n", "Exporting, 2 rows")]
    [InlineData("parquet", "PAR1", "Exporting, 0.0 kB for 3 rows")]
    public async Task Export_FromAServerOnAScreen_ShowsWhatHasComeBeforeTheRest(
        string format,
        string beginning,
        string shown
    )
    {
        var isShown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(beginning, isShown.Task);
        using var error = new WatchedWriter(shown, isShown);
        var file = Path.Combine(Path.GetTempPath(), $"user-reports-{Guid.NewGuid():N}.{format}");

        var exitCode = await CommandLine.RunAsync(
            ["export", "--output", file, "--url", server.Urls.First(), "--token", "k"],
            new(TextWriter.Null, error, IsInteractive: true, null) { Progress = Screen(error) }
        );

        File.Delete(file);
        Assert.True(exitCode == 0, error.ToString());
        Assert.True(isShown.Task.IsCompletedSuccessfully, error.ToString());
        Assert.Contains($"3 rows written to {file}.", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_FromAServerNotOnAScreen_SaysOnceHowMuchCame()
    {
        await using var server = await StartAsync("{}\n{}\n", Task.CompletedTask);
        var file = Path.Combine(Path.GetTempPath(), $"user-reports-{Guid.NewGuid():N}.ndjson");

        var run = await CommandRun.OfAsync("export", "--output", file, "--url", server.Urls.First(), "--token", "k");

        File.Delete(file);
        Assert.Matches(
            $"^Exporting: 3 of 3 rows, 0\\.0 kB, [0-9,]+/s\n3 rows written to {file}\\.\n$",
            run.Error.ReplaceLineEndings("\n")
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void ArrivedRows_TextInPiecesOfAnySize_AreThoseOfTheWhole(int pieceBytes)
    {
        var text = Encoding.UTF8.GetBytes("a,b\r\n\"x\r\ny\",1\r\n\"\"\"\n\"\"\",\"\"\r\nz,\r\n");
        var arrived = new ArrivedRows(ExportFormat.Csv);

        long? rows = null;
        foreach (var piece in text.Chunk(pieceBytes))
            rows = arrived.After(piece);

        Assert.Equal(3, rows);
    }

    /// <summary>A server that has three rows, and keeps back the last until it is told to go on.</summary>
    private static async Task<WebApplication> StartAsync(string beginning, Task goOn)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet(
            RunningServer.Root + "export/",
            async (HttpContext context) =>
            {
                context.Response.Headers["X-Total-Count"] = "3";
                await context.Response.WriteAsync(beginning, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await goOn.WaitAsync(Patience, context.RequestAborted);
                await context.Response.WriteAsync("{}\n", context.RequestAborted);
            }
        );
        await app.StartAsync(Stop);
        return app;
    }

    private static IAnsiConsole Screen(TextWriter writer)
    {
        var screen = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.Yes,
                Out = new AnsiConsoleOutput(writer),
            }
        );
        screen.Profile.Width = 120;
        return screen;
    }

    /// <summary>Keeps what is written and tells when a text is in it.</summary>
    private sealed class WatchedWriter(string wanted, TaskCompletionSource found) : TextWriter
    {
        private readonly StringBuilder written = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(string? value)
        {
            lock (written)
            {
                written.Append(value);
                if (written.ToString().Contains(wanted, StringComparison.Ordinal))
                    found.TrySetResult();
            }
        }

        public override string ToString()
        {
            lock (written)
                return written.ToString();
        }
    }
}
