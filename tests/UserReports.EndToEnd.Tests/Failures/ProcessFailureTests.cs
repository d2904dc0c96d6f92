using System.Diagnostics;
using UserReports.Sources.Generating;

namespace UserReports.EndToEnd.Tests.Failures;

/// <summary>What can happen to the process itself: it is frozen, stopped, killed, or may write no more.</summary>
[Trait("Category", "Slow")]
public sealed class ProcessFailureTests : IAsyncLifetime
{
    private const int Accounts = 1_000;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("user-reports-processes-");
    private PlatformDatabases databases = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string[] Settings =>
        [
            $"Sources:Platform={databases.Platform}",
            $"Sources:Usage={databases.Usage}",
            $"Store=Data Source={Path.Combine(folder.FullName, "store", "reports.duckdb")}",
            "Refresh:AccountsPerRange=100",
            "Refresh:CommitRows=1",
            FormattableString.Invariant($"Refresh:Parallelism={HeldPass.Workers}"),
            "Refresh:Lease=00:00:05",
        ];

    public async ValueTask InitializeAsync()
    {
        databases = await PlatformDatabases.CreateAsync(Token);
        await SourceGenerator.GenerateAsync(
            databases.Platform,
            databases.Usage,
            new(Accounts, ServiceUnderTest.Start),
            progress: null,
            Token
        );
    }

    public async ValueTask DisposeAsync()
    {
        await databases.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Refresh_StoppedWhileASourceHangs_EndsCleanlyAndTheNextStartGoesOn(string signal)
    {
        long done;
        await using (var held = await HoldAsync(afterRanges: 3))
        {
            using var refresh = ServiceProcess.Start(["refresh", "--verbose"], Settings);
            await held.UntilPassHangsAsync(refresh, Token);

            var sent = Stopwatch.GetTimestamp();
            refresh.Send(signal);
            Assert.Equal(1, await refresh.ExitCodeAsync(Token));
            TestContext.Current.SendDiagnosticMessage($"{signal}: ended after {Stopwatch.GetElapsedTime(sent)}");
            Assert.Contains(
                "Stopped. What is done is kept; the next start goes on from there.",
                refresh.Said,
                StringComparison.Ordinal
            );
            done = 300;
        }

        await AssertResumesAsync(done);
    }

    [Fact]
    public async Task Refresh_KilledWhileASourceHangs_TheNextStartGoesOnAtOnce()
    {
        await using (var held = await HoldAsync(afterRanges: 5))
        {
            using var refresh = ServiceProcess.Start(["refresh", "--verbose"], Settings);
            await held.UntilPassHangsAsync(refresh, Token);
            refresh.Send("KILL");
            await refresh.ExitCodeAsync(Token);
        }

        await AssertResumesAsync(500);
    }

    [Fact]
    public async Task Refresh_FrozenPastItsLease_SaysSoWritesNothingOfItAndCompletes()
    {
        var held = await HoldAsync(afterRanges: 2);
        using var refresh = ServiceProcess.Start(["refresh", "--verbose"], Settings);
        await held.UntilPassHangsAsync(refresh, Token);
        refresh.Send("STOP");
        // Nobody else may work on the store of a process that is only frozen.
        var (exitCode, said) = await ServiceProcess.RunAsync(["refresh"], Settings, Token);
        Assert.Equal(1, exitCode);
        Assert.Contains("is in use by another process.", said, StringComparison.Ordinal);
        // Real time: a process's lease passes by the machine's clock.
        await Task.Delay(TimeSpan.FromSeconds(7), Token);
        await held.DisposeAsync();
        refresh.Send("CONT");

        Assert.Equal(0, await refresh.ExitCodeAsync(Token));
        Assert.Contains("was silent for longer than its lease", refresh.Said, StringComparison.Ordinal);
        Assert.Contains("nothing of them was written", refresh.Said, StringComparison.Ordinal);
        await AssertServedAsync();
    }

    [Fact]
    public async Task Refresh_FilesMayNotGrow_SaysWhatToDoKeepsReadersAndGoesOnLater()
    {
        Assert.Equal(0, (await ServiceProcess.RunAsync(["refresh"], Settings, Token)).ExitCode);
        await AssertServedAsync();
        var before = await ExportAsync();

        var (exitCode, said) = await ServiceProcess.RunAsync(["refresh"], Settings, Token, fileKilobytesMax: 800);

        Assert.Equal(1, exitCode);
        Assert.Contains(
            "A file may not grow that large; raise the limit on file sizes.",
            said,
            StringComparison.Ordinal
        );
        Assert.Equal(before, await ExportAsync());

        var (resumed, _) = await ServiceProcess.RunAsync(["refresh"], Settings, Token);
        Assert.Equal(0, resumed);
        await AssertServedAsync();
    }

    [Fact]
    public async Task Serve_StoppedDuringAPass_EndsCleanly()
    {
        await using var held = await HoldAsync(afterRanges: 1);
        using var serve = ServiceProcess.Start(["serve", "--urls", "http://127.0.0.1:0"], Settings);
        await held.UntilPassHangsAsync(serve, Token);

        var sent = Stopwatch.GetTimestamp();
        serve.Send("TERM");

        Assert.Equal(0, await serve.ExitCodeAsync(Token));
        TestContext.Current.SendDiagnosticMessage($"serve: ended after {Stopwatch.GetElapsedTime(sent)}");
        Assert.Contains("was stopped; the next start resumes it.", serve.Said, StringComparison.Ordinal);
    }

    private async Task AssertResumesAsync(long done)
    {
        var since = Stopwatch.GetTimestamp();
        var (exitCode, said) = await ServiceProcess.RunAsync(["refresh", "--verbose"], Settings, Token);
        Assert.Equal(0, exitCode);
        Assert.Matches($"Run [0-9a-f-]+: {done} of {Accounts} accounts are done", said);
        Assert.DoesNotContain("failed", said, StringComparison.OrdinalIgnoreCase);
        TestContext.Current.SendDiagnosticMessage($"resumed and completed in {Stopwatch.GetElapsedTime(since)}");
        await AssertServedAsync();
    }

    /// <summary>What readers see is what a pass that nothing disturbed computes.</summary>
    private async Task AssertServedAsync()
    {
        await using var undisturbed = new ServiceUnderTest(databases);
        undisturbed.Advance(TimeProvider.System.GetUtcNow() - undisturbed.Now);
        await undisturbed.RefreshAsync(Token);
        Assert.Equal(
            (await undisturbed.TextsAsync(Token)).Select(WithoutInstant).Order(),
            (await ExportAsync()).Order()
        );
    }

    private async Task<IReadOnlyList<string>> ExportAsync()
    {
        var path = Path.Combine(folder.FullName, "export.ndjson");
        var (exitCode, said) = await ServiceProcess.RunAsync(
            ["export", "--format", "ndjson", "--output", path],
            Settings,
            Token
        );
        Assert.True(exitCode == 0, said);
        return [.. (await File.ReadAllLinesAsync(path, Token)).Select(WithoutInstant)];
    }

    private static string WithoutInstant(string document)
    {
        var at = document.LastIndexOf("\"last_updated\"", StringComparison.Ordinal);
        return at < 0 ? document : document[..at];
    }

    private Task<HeldPass> HoldAsync(int afterRanges) => HeldPass.HoldAsync(databases, afterRanges * 100, Token);
}
