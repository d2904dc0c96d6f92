namespace UserReports.Feed.Tests.Replication;

/// <summary>A server that is another one than it was: promoted, or put back.</summary>
public sealed class OtherHistoryTests
{
    private const string Submission =
        "insert into logger_dailyxformsubmissioncounter (date, counter, user_id) values (now(), 1, ";

    [Fact]
    public async Task Standby_Promoted_IsLostAndFollowedAnew()
    {
        await using var server = await OwnServer.StartAsync();
        await FollowedDatabases.CreateAsync(server);
        await using var standby = await server.StandbyAsync();
        await using var before = await FeedReader.StartAsync(FollowedDatabases.Settings(server, "usage"));
        await before.BreakOffAsync();
        await server.StopAsync();
        await standby.PromoteAsync();
        await using var after = new FeedReader(FollowedDatabases.Settings(standby, "usage"))
        {
            Position = before.Position,
        };
        after.Begin();
        Assert.Contains("a standby was promoted", await after.LostAsync(), StringComparison.Ordinal);

        await after.BreakOffAsync();
        after.Position = null;
        after.Begin();
        await after.UntilAsync(r => r.Batches.Count > 0);
        await standby.ExecuteAsync(Submission + "81)", "usage");
        await after.UntilAsync(r => r.Owners.Contains(81));
    }

    [Fact]
    public async Task Server_PutBackToAnEarlierState_IsLost()
    {
        await using var server = await OwnServer.StartAsync();
        await FollowedDatabases.CreateAsync(server);
        await using var reader = await FeedReader.StartAsync(FollowedDatabases.Settings(server, "usage"));
        await reader.BreakOffAsync();
        await server.StopAsync();
        await server.CopyAsync();

        await server.StartAgainAsync();
        reader.Begin();
        for (var i = 0; i < 20; i++)
            await server.ExecuteAsync(Submission + "91)", "usage");
        await reader.UntilAsync(r => r.Owners.Contains(91));
        await reader.BreakOffAsync();
        await server.StopAsync();
        await server.CopyAsync(back: true);

        await server.StartAgainAsync();
        reader.Begin();
        Assert.Contains(
            "was put back to an earlier state: its log ends",
            await reader.LostAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Server_PutBackAndGoneOnFurther_IsLost()
    {
        await using var server = await OwnServer.StartAsync();
        await FollowedDatabases.CreateAsync(server);
        await using var reader = await FeedReader.StartAsync(FollowedDatabases.Settings(server, "usage"));
        await reader.BreakOffAsync();
        await server.StopAsync();
        await server.CopyAsync();

        await server.StartAgainAsync();
        reader.Begin();
        await server.ExecuteAsync(Submission + "92)", "usage");
        await reader.UntilAsync(r => r.Owners.Contains(92));
        await reader.BreakOffAsync();
        await server.StopAsync();
        await server.CopyAsync(back: true);

        await server.StartAgainAsync();
        // More than was there before, and transactions of other numbers.
        for (var i = 0; i < 40; i++)
            await server.ExecuteAsync(Submission + "93)", "usage");
        await server.ExecuteAsync("select pg_switch_wal()");
        await server.ExecuteAsync(Submission + "94)", "usage");
        reader.Begin();
        Assert.Contains(
            "put back to an earlier state: its log does not hold transaction",
            await reader.LostAsync(),
            StringComparison.Ordinal
        );
    }
}
