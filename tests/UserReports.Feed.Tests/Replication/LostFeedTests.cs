using UserReports.Feed.Replication.Publications;
using UserReports.Feed.Replication.Servers;

namespace UserReports.Feed.Tests.Replication;

/// <summary>Whatever becomes of the server, slot or publication: it is noticed, and nothing is missed.</summary>
public sealed class LostFeedTests(FollowedServer followed) : IClassFixture<FollowedServer>
{
    private const string Usage = "usage";
    private const string Slot = "user_reports_usage";

    [Fact]
    public async Task Slot_Dropped_IsLost()
    {
        await using var reader = await BegunAsync();
        await reader.BreakOffAsync();
        await followed.Server.ExecuteAsync($"select pg_drop_replication_slot('{Slot}')");
        reader.Begin();
        Assert.Contains("is gone", await reader.LostAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slot_MadeAnewBySomebody_IsLost()
    {
        await using var reader = await BegunAsync();
        await reader.BreakOffAsync();
        await followed.Server.ExecuteAsync($"select pg_drop_replication_slot('{Slot}')");
        await SubmitAsync(41);
        await followed.Server.ExecuteAsync($"select pg_create_logical_replication_slot('{Slot}', 'pgoutput')", Usage);
        reader.Begin();
        Assert.Contains("made anew", await reader.LostAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await SlotsAsync());
    }

    [Fact]
    public async Task Slot_OfAnotherPlugin_IsNotTouched()
    {
        await using var reader = await BegunAsync();
        await reader.BreakOffAsync();
        await followed.Server.ExecuteAsync($"select pg_drop_replication_slot('{Slot}')");
        await followed.Server.ExecuteAsync($"select pg_create_physical_replication_slot('{Slot}')");
        reader.Begin();
        Assert.Contains("not the service's", await reader.LostAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await SlotsAsync());
        await followed.Server.ExecuteAsync($"select pg_drop_replication_slot('{Slot}')");
    }

    [Fact]
    public async Task Slot_InUse_IsNotTakenAway()
    {
        await using var reader = await BegunAsync();
        var findings = await FeedCheck.FindAsync(followed.Settings(Usage), default);
        Assert.Contains(
            findings,
            finding =>
                finding.Subject == "slot" && finding.Message.Contains("is read by process", StringComparison.Ordinal)
        );
        await using var server = new ReplicationServer(followed.Settings(Usage));
        Assert.False(await server.DropSlotAsync(default));
        await SubmitAsync(42);
        await reader.UntilAsync(r => r.Owners.Contains(42));
    }

    [Fact]
    public async Task Server_Restarted_GoesOnWhereItWas()
    {
        await using var reader = await BegunAsync();
        await followed.Server.StopAsync();
        await followed.Server.StartAgainAsync();
        await reader.UntilEndAsync();
        Assert.IsType<Sources.SourceException>(reader.End);
        await SubmitAsync(43);
        await reader.BreakOffAsync();
        reader.Begin();
        await reader.UntilAsync(r => r.Owners.Contains(43));
        Assert.Empty(reader.RunReasons);
    }

    [Fact]
    public async Task Server_ThatShutsDown_DoesNotWaitForWhoeverReadsSlowly()
    {
        await using var reader = await BegunAsync();
        var busy = new TaskCompletionSource();
        reader.Pause = busy.Task;
        await SubmitAsync(39);
        await reader.UntilAsync(r => r.Owners.Contains(39));
        // pg_ctl fails if the server is still there after a minute.
        await followed.Server.StopAsync();
        await followed.Server.StartAgainAsync();
        reader.Pause = Task.CompletedTask;
        busy.SetResult();
        await reader.UntilEndAsync();
        Assert.IsType<Sources.SourceException>(reader.End);
    }

    [Fact]
    public async Task Server_Crashed_TellsAgainWhatWasNotConfirmed()
    {
        await using var reader = await BegunAsync();
        reader.Confirms = false;
        await SubmitAsync(44);
        await reader.UntilAsync(r => r.Owners.Contains(44));
        await followed.Server.StopAsync("immediate");
        await followed.Server.StartAgainAsync();
        await reader.UntilEndAsync();
        await reader.BreakOffAsync();
        reader.Forget();
        reader.Confirms = true;
        reader.Begin();
        await reader.UntilAsync(r => r.Owners.Contains(44));
        Assert.Empty(reader.RunReasons);
    }

    [Fact]
    public async Task Publication_Dropped_IsLost()
    {
        await using var reader = await BegunAsync();
        await followed.Server.ExecuteAsync("drop publication user_reports_kept", Usage);
        await SubmitAsync(45);
        await reader.UntilEndAsync();
        Assert.IsType<FeedLostException>(reader.End);
        await FollowedDatabases.PublishAsync(followed.Server, Usage);
        Assert.Equal(0, await SlotsAsync());
    }

    [Fact]
    public async Task Publication_TableLeft_IsLost()
    {
        await using var reader = await BegunAsync();
        await followed.Server.ExecuteAsync("alter publication user_reports_kept drop table main_userprofile", Usage);
        Assert.Contains("main_userprofile is not published", await reader.LostAsync(), StringComparison.Ordinal);
        await RepublishAsync();
    }

    [Fact]
    public async Task Publication_TableLeftAndCameBack_AsksForARun()
    {
        await using var reader = await BegunAsync();
        await followed.Server.ExecuteAsync(
            """
            alter publication user_reports_kept drop table main_userprofile;
            update main_userprofile set attachment_storage_bytes = 1 where user_id = 46;
            alter publication user_reports_kept add table main_userprofile (id, user_id)
            """,
            Usage
        );
        await reader.UntilAsync(r => r.RunReasons.Count > 0);
        Assert.Equal(["the publication was altered"], reader.RunReasons);
        await SubmitAsync(47);
        await reader.UntilAsync(r => r.Owners.Contains(47));
        await RepublishAsync();
    }

    [Fact]
    public async Task Column_AddedAndDropped_ChangesNothing()
    {
        await using var reader = await BegunAsync();
        await followed.Server.ExecuteAsync(
            "alter table logger_dailyxformsubmissioncounter add column note text default 'x'",
            Usage
        );
        await SubmitAsync(48);
        await reader.UntilAsync(r => r.Owners.Contains(48));
        await followed.Server.ExecuteAsync("alter table logger_dailyxformsubmissioncounter drop column note", Usage);
        await SubmitAsync(49);
        await reader.UntilAsync(r => r.Owners.Contains(49));
        Assert.Empty(reader.RunReasons);
    }

    [Fact]
    public async Task Column_ThatIsRead_AltersItsType_AsksForARun()
    {
        await using var reader = await BegunAsync();
        await followed.Server.ExecuteAsync(
            "alter table logger_dailyxformsubmissioncounter alter column counter type bigint using counter * 2",
            Usage
        );
        await reader.UntilAsync(r => r.RunReasons.Count > 0);
        Assert.Equal(["columns of a followed table were altered"], reader.RunReasons);
        await SubmitAsync(50);
        await reader.UntilAsync(r => r.Owners.Contains(50));
    }

    [Fact]
    public async Task Transaction_OverEverybody_AsksForARunInBoundedMemory()
    {
        await using var reader = await BegunAsync();
        await followed.Server.ExecuteAsync(
            """
            insert into logger_dailyxformsubmissioncounter (date, counter, user_id)
                select now(), 1, i from generate_series(1, 100000) i
            """,
            Usage
        );
        await reader.UntilAsync(r => r.RunReasons.Count > 0);
        Assert.Equal(["more accounts changed at once than are worth naming"], reader.RunReasons);
        Assert.Equal([40], reader.Owners);
        await SubmitAsync(51);
        await reader.UntilAsync(r => r.Owners.Contains(51));
    }

    [Fact]
    public async Task Position_OfAnotherCluster_IsLost()
    {
        await using var reader = await BegunAsync();
        await reader.BreakOffAsync();
        var parts = reader.Position!.Split(';');
        reader.Position = string.Join(';', [parts[0], "1234", .. parts[2..]]);
        reader.Begin();
        Assert.Contains("another cluster", await reader.LostAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consumer_BrokenOffFiftyTimes_MissesNothing()
    {
        await using var reader = await BegunAsync();
        var chance = new Random(Testing.Chance.Seed);
        var told = new HashSet<long>();
        for (var i = 0; i < 50; i++)
        {
            // Sometimes what was told is confirmed and sometimes not, and the end comes at any moment.
            reader.Confirms = chance.Next(2) == 0;
            for (var j = 0; j < 3; j++)
            {
                var account = 10_000 + (i * 3) + j;
                await SubmitAsync(account);
                told.Add(account);
                if (chance.Next(2) == 0)
                    await Task.Delay(chance.Next(60));
            }

            await reader.BreakOffAsync();
            reader.Begin();
        }

        reader.Confirms = true;
        await reader.UntilAsync(r => told.IsSubsetOf(r.Owners) || r.RunReasons.Count > 0);
        Assert.Empty(reader.RunReasons);
        Assert.Subset(reader.Owners.ToHashSet(), told);
    }

    [Fact]
    public async Task Row_ThatMoves_TouchesBothAlthoughTheBatchWasNotConfirmed()
    {
        await using var reader = await followed.FollowAsync("platform");
        reader.Confirms = false;
        await followed.Server.ExecuteAsync("update account_emailaddress set user_id = 62 where id = 61", "platform");
        await reader.UntilAsync(r => r.Accounts.Contains(62));
        await reader.BreakOffAsync();
        reader.Forget();
        reader.Begin();
        await reader.UntilAsync(r => r.Accounts.Count > 0);
        Assert.Equal([61, 62], reader.Accounts.Order());
    }

    private async Task<FeedReader> BegunAsync()
    {
        var reader = await followed.FollowAsync(Usage);
        await SubmitAsync(40);
        await reader.UntilAsync(r => r.Owners.Contains(40));
        return reader;
    }

    private Task SubmitAsync(int account) =>
        followed.Server.ExecuteAsync(
            $"insert into logger_dailyxformsubmissioncounter (date, counter, user_id) values (now(), 1, {account})",
            Usage
        );

    private async Task RepublishAsync()
    {
        await followed.Server.ExecuteAsync("drop publication user_reports_kept", Usage);
        await FollowedDatabases.PublishAsync(followed.Server, Usage);
    }

    private Task<long> SlotsAsync() =>
        followed.Server.ScalarAsync<long>($"select count(*) from pg_replication_slots where slot_name = '{Slot}'");
}
