using System.Globalization;
using UserReports.Feed.Replication;

namespace UserReports.Feed.Tests.Replication;

/// <summary>A feed never fills a disk.</summary>
public sealed class RetainedTests(RetainedTests.SmallServer small) : IClassFixture<RetainedTests.SmallServer>
{
    private const int Megabyte = 1 << 20;
    private const int RetainedMaxMegabytes = 8;

    private const int ServerMaxMegabytes = 32;

    private OwnServer Server => small.Server;

    private ReplicationSettings Settings =>
        FollowedDatabases.Settings(Server, "usage") with
        {
            RetainedMax = RetainedMaxMegabytes * Megabyte,
        };

    [Fact]
    public async Task Consumer_StoppedUntilTheBound_LosesItsSlotAndTheDiskKeepsWithin()
    {
        await using var reader = await FeedReader.StartAsync(Settings);
        await reader.StopReadingAsync();
        var most = 0L;
        for (var i = 0; i < 40 && await SlotsAsync() > 0; i++)
        {
            await NoiseAsync(1);
            most = Math.Max(most, await LogBytesAsync());
            // What is written at once is more than the service can look at; a real disk takes a while.
            await Task.Delay(300);
        }

        Assert.Equal(0, await SlotsAsync());
        // Of what the server keeps anyway, and what was written between two looks.
        Assert.InRange(most, 0, ServerMaxMegabytes * (long)Megabyte);
        await reader.BreakOffAsync();
        reader.Begin();
        Assert.Contains("is gone", await reader.LostAsync(), StringComparison.Ordinal);
        // Nothing of it is left behind: another one begins.
        await reader.BreakOffAsync();
        reader.Position = null;
        reader.Begin();
        await Server.ExecuteAsync(
            "insert into logger_dailyxformsubmissioncounter (date, counter, user_id) values (now(), 1, 71)",
            "usage"
        );
        await reader.UntilAsync(r => r.Position is not null);
    }

    [Fact]
    public async Task Consumer_ThatDoesNotConfirm_IsToldThatItsSlotWasDropped()
    {
        await using var reader = await FeedReader.StartAsync(Settings);
        reader.Confirms = false;
        for (var i = 0; i < 40 && reader.End is null; i++)
        {
            await NoiseAsync(1);
            await Task.Delay(200);
        }

        Assert.Contains(
            "more than Refresh:FeedRetainedMax (8 MB) allows",
            await reader.LostAsync(),
            StringComparison.Ordinal
        );
        Assert.Equal(0, await SlotsAsync());
    }

    [Fact]
    public async Task Service_StoppedAltogether_IsBoundedByTheServer()
    {
        await using var reader = await FeedReader.StartAsync(Settings);
        await reader.BreakOffAsync();
        for (var i = 0; i < 40 && await StatusAsync() != "lost"; i++)
        {
            await NoiseAsync(4);
            await Server.ExecuteAsync("checkpoint");
        }

        Assert.Equal("lost", await StatusAsync());
        reader.Begin();
        Assert.Contains("has invalidated the slot", await reader.LostAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await SlotsAsync());
    }

    [Fact]
    public async Task Database_IdleBesideABusyOne_HoldsNothingBack()
    {
        await using var reader = await FeedReader.StartAsync(Settings);
        var before = await LogWrittenAsync();
        for (var i = 0; i < 12; i++)
        {
            await NoiseAsync(1);
            await AssertLetsGoAsync();
        }

        Assert.Null(reader.End);
        Assert.Empty(reader.Owners);
        Assert.True(await LogWrittenAsync() - before > 12L * Megabyte);
    }

    [Fact]
    public async Task Server_WithoutABound_NeedsOursOnPurpose()
    {
        await Server.ExecuteAsync("alter system set max_slot_wal_keep_size = -1");
        await Server.ExecuteAsync("select pg_reload_conf()");
        await using var unbounded = new FeedReader(Settings with { RetainedMax = null });
        unbounded.Begin();
        Assert.Contains(
            "Refresh:FeedRetainedMax here on purpose",
            await unbounded.LostAsync(),
            StringComparison.Ordinal
        );
        await using var bounded = await FeedReader.StartAsync(Settings);
        Assert.Null(bounded.End);
        await Server.ExecuteAsync("alter system reset max_slot_wal_keep_size");
        await Server.ExecuteAsync("select pg_reload_conf()");
    }

    /// <summary>Writes so many megabytes of log that have nothing to do with what is followed.</summary>
    private Task NoiseAsync(int megabytes) =>
        Server.ExecuteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"insert into noise select repeat(md5(i::text), 250) from generate_series(1, {megabytes * 128}) i; truncate noise"
            )
        );

    /// <summary>Waits until the slot holds less than 4 MB back.</summary>
    /// <remarks>It moves on when the server writes down what runs, as it does at each checkpoint.</remarks>
    private async Task AssertLetsGoAsync()
    {
        for (var i = 0; i < 300 && await RetainedAsync() >= 4L * Megabyte; i++)
        {
            await Server.ExecuteAsync("checkpoint");
            await Task.Delay(200);
        }

        Assert.True(await RetainedAsync() < 4L * Megabyte, $"{await RetainedAsync()} bytes are held back");
    }

    private Task<long> LogWrittenAsync() =>
        Server.ScalarAsync<long>("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint");

    private Task<long> SlotsAsync() => Server.ScalarAsync<long>("select count(*) from pg_replication_slots");

    private Task<long> LogBytesAsync() => Server.ScalarAsync<long>("select sum(size)::bigint from pg_ls_waldir()");

    private Task<string> StatusAsync() => Server.ScalarAsync<string>("select wal_status from pg_replication_slots");

    private Task<long> RetainedAsync() =>
        Server.ScalarAsync<long>(
            "select pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint from pg_replication_slots"
        );

    /// <summary>A server whose log is kept in small files, so that little has to be written.</summary>
    public sealed class SmallServer : IAsyncLifetime
    {
        internal OwnServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await OwnServer.StartAsync(
                1,
                $"max_slot_wal_keep_size={ServerMaxMegabytes - 8}MB",
                "min_wal_size=2MB",
                "max_wal_size=4MB"
            );
            await FollowedDatabases.CreateAsync(Server);
            // As long as it is written: repeated text would be compressed.
            await Server.ExecuteAsync(
                "create table noise (text text); alter table noise alter text set storage external"
            );
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
