using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Refresh.OwnLimits;
using UserReports.Testing;

namespace UserReports.Refresh.Tests;

/// <summary>A platform under the operator's own limits, which change while it is served.</summary>
public sealed class OwnLimitsTests : IDisposable
{
    private readonly string path = Path.Combine(
        Directory.CreateTempSubdirectory("user-reports-limits-").FullName,
        "limits.json"
    );
    private int written;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Fact]
    public async Task Run_FileNamesWhomItDoesNotKnow_WarnsWithTheNearest()
    {
        await using var platform = await CreateAsync(
            """{ "accounts": { "admim": {} }, "organizations": { "o1": {} } }"""
        );

        var outcome = await platform.RunAsync();

        Assert.Equal(
            [
                ("limits line 1", "There is no account \"admim\"; is \"admin\" meant?"),
                ("limits line 1", "There is no organisation \"o1\"."),
            ],
            outcome
                .Run.Warnings.Where(w => w.Subject.StartsWith("limits", StringComparison.Ordinal))
                .Select(w => (w.Subject, w.Problem))
        );
    }

    [Theory]
    [InlineData("{ \"default\": { \"submission\": -1 } }", ", line 1, column 30: The limit of submission is to be ")]
    [InlineData(null, ", There is no such file.")]
    public async Task Run_FileWasNeverRight_DoesNotBegin(string? text, string expected)
    {
        await using var platform = await CreateAsync(text);
        var error = await Assert.ThrowsAsync<LimitsException>(() => platform.RunAsync());
        Assert.StartsWith(path + expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(await platform.Store.Runs.ListAsync(Stop));
    }

    [Fact]
    public async Task Watch_FileChanges_AppliesItWithoutARunUntilItIsOfEverybody()
    {
        await using var platform = await CreateAsync("""{ "default": { "submission": 100 } }""");
        await platform.RunAsync();
        await using var watch = new Watch(platform);
        Assert.Equal((100, "default"), await LimitAsync(platform));

        Write("""{ "default": { "submission": 100 }, "accounts": { "admin": { "submission": 7 } } }""");
        await watch.UntilAsync(async () => await LimitAsync(platform) == (7, "account"));
        var organization = await OrganizationAsync(platform);
        Write(
            $$"""
            {
              "default": { "submission": 100 },
              "accounts": { "admin": { "submission": 7 } },
              "organizations": { "{{organization}}": { "submission": 3 } },
            }
            """
        );
        await watch.UntilAsync(async () => await LimitAsync(platform) == (3, "organization"));

        // What is wrong, or gone, changes nothing.
        Write("""{ "default": { "submission": 1, } }}""");
        await watch.UntilAsync(() => Task.FromResult(watch.Limits.State.Problem is not null));
        Assert.Equal((3, "organization"), await LimitAsync(platform));
        File.Delete(path);
        await watch.UntilAsync(() =>
            Task.FromResult(watch.Limits.State.Problem!.EndsWith("no such file.", StringComparison.Ordinal))
        );

        // What the file no longer names has what everybody has.
        Write("""{ "default": { "submission": 100 } }""");
        await watch.UntilAsync(async () => await LimitAsync(platform) == (100, "default"));
        Assert.Null(watch.Limits.State.Problem);
        Assert.Single(await platform.Store.Runs.ListAsync(Stop));

        Write("""{ "default": { "submission": 200 } }""");
        await watch.UntilAsync(async () => await LimitAsync(platform) == (200, "default"));
        Assert.Equal(2, (await platform.Store.Runs.ListAsync(Stop)).Count);
    }

    [Fact]
    public async Task Watch_FileChangedWhileNobodyWatched_BeginsARun()
    {
        await using var platform = await CreateAsync("""{ "default": { "submission": 100 } }""");
        await platform.RunAsync();
        Write("""{ "default": { "submission": 200 } }""");
        File.SetLastWriteTimeUtc(path, platform.Time.GetUtcNow().UtcDateTime.AddMinutes(1));

        await using var watch = new Watch(platform);

        await watch.UntilAsync(async () => await LimitAsync(platform) == (200, "default"));
    }

    /// <summary>Of several nodes the leader alone computes rows anew; whoever leads next looks what was left undone.
    /// </summary>
    [Fact]
    public async Task Watch_OfANodeThatDoesNotLead_KnowsTheFileAndComputesNothing()
    {
        await using var platform = await CreateAsync("""{ "default": { "submission": 100 } }""");
        await platform.RunAsync();
        var leads = false;
        await using var watch = new Watch(platform, () => leads);
        await watch.UntilAsync(() => Task.FromResult(watch.Limits.State.Digest is not null));
        var before = watch.Limits.State.Digest;

        Write("""{ "default": { "submission": 200 } }""");
        await watch.UntilAsync(() => Task.FromResult(watch.Limits.State.Digest != before));
        Assert.Equal((100, "default"), await LimitAsync(platform));
        Assert.Single(await platform.Store.Runs.ListAsync(Stop));

        leads = true;
        await watch.UntilAsync(async () => await LimitAsync(platform) == (200, "default"));
        Assert.Equal(2, (await platform.Store.Runs.ListAsync(Stop)).Count);
    }

    private async Task<SmallPlatform> CreateAsync(string? text)
    {
        var platform = await SmallPlatform.CreateAsync(100, withStripe: false);
        platform.LimitsPath = path;
        platform.Settings = platform.Settings with { OnStart = false };
        if (text is not null)
        {
            Write(text);
            File.SetLastWriteTimeUtc(path, platform.Time.GetUtcNow().UtcDateTime.AddMinutes(-1));
        }

        return platform;
    }

    /// <summary>Whole at once, and with an age of its own, as editors do.</summary>
    private void Write(string text)
    {
        File.WriteAllText(path + ".new", text);
        File.SetLastWriteTimeUtc(path + ".new", TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(++written));
        File.Move(path + ".new", path, overwrite: true);
    }

    private static async Task<(long, string)> LimitAsync(SmallPlatform platform)
    {
        var admin = await AdminAsync(platform);
        return (
            admin
                .GetProperty("service_usage")
                .GetProperty("balances")
                .GetProperty("submission")
                .GetProperty("effective_limit")
                .GetInt64(),
            admin.GetProperty("limit_sources").GetProperty("submission").GetString()!
        );
    }

    private static async Task<string> OrganizationAsync(SmallPlatform platform) =>
        (await AdminAsync(platform)).GetProperty("organization").GetProperty("uid").GetString()!;

    private static async Task<JsonElement> AdminAsync(SmallPlatform platform) =>
        JsonElement.Parse((await platform.DocumentsAsync("username:admin"))[0]);

    /// <summary>Watch and schedule, as a server keeps them.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly SmallPlatform platform;

        // No period of the platform's has ended since its rows were computed.
        private readonly ShiftedTime time = ShiftedTime.From(SmallPlatform.Now);
        private readonly RefreshEngine engine;
        private readonly RefreshSchedule schedule;
        private readonly LimitsWatch watch;
        private readonly CancellationTokenSource stop = new();
        private readonly Task work;

        public Watch(SmallPlatform platform, Func<bool>? applies = null)
        {
            this.platform = platform;
            Limits = platform.Limits();
            engine = new(platform.Source, platform.Store, platform.Settings, Limits, 366, time, platform.Log);
            schedule = new(
                engine,
                platform.Store,
                platform.Settings with
                {
                    Interval = TimeSpan.FromDays(100_000),
                },
                time,
                new RecordedLog<RefreshSchedule>()
            );
            watch = new(
                Limits,
                engine,
                schedule,
                platform.Source,
                platform.Store,
                platform.Settings,
                time,
                NullLogger<LimitsWatch>.Instance,
                applies
            );
            work = Task.WhenAll(schedule.RunAsync(stop.Token), watch.RunAsync(stop.Token));
        }

        public CurrentLimits Limits { get; }

        /// <summary>Waits for what comes; the end is for what never does.</summary>
        public async Task UntilAsync(Func<Task<bool>> isSo)
        {
            for (var i = 0; i < 3_000 && !await isSo(); i++)
            {
                watch.Ask();
                await Task.Delay(20, Stop);
            }

            Assert.True(await isSo());
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
            watch.Dispose();
            schedule.Dispose();
            engine.Dispose();
            Limits.Dispose();
            stop.Dispose();
        }
    }
}
