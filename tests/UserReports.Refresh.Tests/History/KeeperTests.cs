using Microsoft.Extensions.Time.Testing;
using UserReports.Refresh.History;
using UserReports.Store;
using UserReports.Store.History;

namespace UserReports.Refresh.Tests.History;

/// <summary>When days are kept, and when they go.</summary>
public sealed class KeeperTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keep_RunAfterRun_KeepsADayOnceAndThinsOut()
    {
        await using var platform = await SmallPlatform.CreateAsync(60);
        var keeper = Keeper(platform, new() { Keep = new(2, 0, 0) });
        await keeper.KeepAsync(Token);
        Assert.Empty(await platform.Store.History.ListAsync(Token));

        for (var day = 0; day < 3; day++)
        {
            await platform.RunAsync();
            await keeper.KeepAsync(Token);
            await keeper.KeepAsync(Token);
            platform.Time.Advance(TimeSpan.FromDays(1));
        }

        var kept = await platform.Store.History.ListAsync(Token);
        Assert.Equal(
            [
                DateOnly.FromDateTime(SmallPlatform.Now.Date.AddDays(2)),
                DateOnly.FromDateTime(SmallPlatform.Now.Date.AddDays(1)),
            ],
            kept.Select(snapshot => snapshot.Day)
        );
    }

    [Fact]
    public async Task Keep_IsOff_KeepsNothingMore()
    {
        await using var platform = await SmallPlatform.CreateAsync(60);
        await platform.RunAsync();

        await Keeper(platform, new() { IsOff = true }).KeepAsync(Token);

        Assert.Empty(await platform.Store.History.ListAsync(Token));
    }

    /// <summary>A disk that is full, until it is not.</summary>
    [Fact]
    public async Task Run_DayCannotBeWritten_IsSaidOnceAndTriedAgain()
    {
        await using var platform = await SmallPlatform.CreateAsync(60);
        await platform.RunAsync();
        var log = new RecordedLog<HistoryKeeper>();
        var keeper = new HistoryKeeper(platform.Store, new(), platform.Time, log);
        // A file stands where the folder would be.
        var folder = Path.Combine(platform.Store.Directory, "reports.history");
        await File.WriteAllTextAsync(folder, "", Token);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = keeper.RunAsync(over.Token);
        await UntilAsync(platform.Time, () => Task.FromResult(!log.Lines.IsEmpty));
        platform.Time.Advance(TimeSpan.FromMinutes(1));

        File.Delete(folder);

        await UntilAsync(platform.Time, async () => (await platform.Store.History.ListAsync(Token)).Count == 1);
        await UntilAsync(platform.Time, () => Task.FromResult(log.Lines.Count == 2));
        Assert.Contains("could not be written", log.Lines.First(), StringComparison.Ordinal);
        Assert.Equal("Keeping snapshots of days works again.", log.Lines.Last());
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static HistoryKeeper Keeper(SmallPlatform platform, HistoryRules rules) =>
        new(platform.Store, rules, platform.Time, new RecordedLog<HistoryKeeper>());

    private static async Task UntilAsync(FakeTimeProvider time, Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            time.Advance(TimeSpan.FromSeconds(20));
            await Task.Delay(1, Token);
        }
    }
}
