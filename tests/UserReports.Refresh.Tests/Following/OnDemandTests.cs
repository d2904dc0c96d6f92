using UserReports.Refresh.Following;
using UserReports.Store;

namespace UserReports.Refresh.Tests.Following;

public sealed class OnDemandTests
{
    [Fact]
    public async Task Refresh_OneAccount_IsComputedNow()
    {
        await using var platform = await FollowerTests.CompletedAsync();
        platform.Change("platform", "update auth_user set first_name = 'Fresh' where id = 18");
        using var engine = platform.Engine();
        await new OnDemandRefresher(engine, platform.Time).RefreshAsync(18, default);
        Assert.NotEmpty(await platform.DocumentsAsync("first_name:Fresh"));
    }

    [Fact]
    public async Task Refresh_BeforeTheFirstRun_IsRefused()
    {
        await using var platform = await SmallPlatform.CreateAsync(10);
        using var engine = platform.Engine();
        var refresher = new OnDemandRefresher(engine, platform.Time);
        await Assert.ThrowsAsync<NoSnapshotException>(() => refresher.RefreshAsync(1, default));
        await Assert.ThrowsAsync<NoSnapshotException>(() => refresher.RefreshAsync([1], Minute, default));
    }

    [Fact]
    public async Task Refresh_MoreThanOneRequestMay_LeavesTheRest()
    {
        await using var platform = await FollowerTests.CompletedAsync();
        using var engine = platform.Engine();
        var outcome = await new OnDemandRefresher(engine, platform.Time).RefreshAsync(
            [.. Enumerable.Range(1, OnDemandRefresher.AccountsMax + 3).Select(id => (long)id)],
            Minute,
            default
        );
        Assert.Equal(OnDemandRefresher.AccountsMax, outcome.Refreshed);
        Assert.Equal([1001, 1002, 1003], outcome.Left);
    }

    [Fact]
    public async Task Refresh_TimeIsUp_LeavesWhatIsNotDone()
    {
        await using var platform = await FollowerTests.CompletedAsync();
        var replaced = 0;
        var store = new InterruptedStore(
            platform.Store,
            member =>
            {
                if (member == "ReplaceAccountsAsync" && ++replaced == 2)
                    platform.Time.Advance(Minute);
            }
        );
        using var engine = new RefreshEngine(
            platform.Source,
            store,
            platform.Settings,
            platform.Limits(),
            366,
            platform.Time,
            platform.Log
        );
        var outcome = await new OnDemandRefresher(engine, platform.Time).RefreshAsync(
            [.. Enumerable.Range(1, 500).Select(id => (long)id)],
            Minute,
            default
        );
        Assert.Equal(500, outcome.Refreshed + outcome.Left.Count);
        Assert.InRange(outcome.Refreshed, 200, 400);
        Assert.Null(outcome.Problem);
    }

    [Fact]
    public async Task Refresh_SourceIsGone_SaysWhyAndKeepsTheRows()
    {
        await using var platform = await FollowerTests.CompletedAsync();
        var rows = platform.Store.Reader.Snapshot!.Rows;
        await using var gone = new Sources.Reading.ReportSource(
            new("Data Source=/nowhere/platform.duckdb", "Data Source=/nowhere/usage.duckdb"),
            platform.Time
        );
        using var engine = platform.Engine(gone);
        var outcome = await new OnDemandRefresher(engine, platform.Time).RefreshAsync([17, 18], Minute, default);
        Assert.Equal((0, 2), (outcome.Refreshed, outcome.Left.Count));
        Assert.Equal(
            "The platform database /nowhere/platform.duckdb does not exist; `generate` or `demo` makes one.",
            outcome.Problem
        );
        Assert.Equal(rows, platform.Store.Reader.Snapshot!.Rows);
    }

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
}
