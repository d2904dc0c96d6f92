using UserReports.Feed;
using UserReports.Refresh.Following;
using UserReports.Sources;
using UserReports.Store;

namespace UserReports.Refresh.Tests.Following;

public sealed class FollowerTests
{
    private const int Accounts = 100;

    [Fact]
    public async Task Follow_AccountTold_IsComputedInPlace()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        await using var followed = new FollowedPlatform(platform, [way]);
        platform.Change("platform", "update auth_user set first_name = 'Told' where id = 18");
        platform.Change("platform", "update auth_user set first_name = 'Untold' where id = 19");
        way.Tell([18]);
        await followed.UntilNamedAsync(platform, "Told");
        Assert.Empty(await platform.DocumentsAsync("first_name:Untold"));
        await followed.UntilAsync(() => followed.Follower.State.Dirty == 0);
        Assert.Equal(FollowMode.Feed, followed.Follower.State.Mode);
        Assert.NotNull(followed.Follower.State.Lag);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Follow_OwnerOrOrganizationTold_ComputesEverybodyWhoBelongsThere(bool isOrganization)
    {
        await using var platform = await CompletedAsync();
        var organization = (string)
            platform.Ask(
                "platform",
                """
                select m.organization_id from organizations_organizationuser m
                    join organizations_organizationowner o on o.organization_id = m.organization_id
                group by 1 order by count(*) desc, 1 limit 1
                """
            )!;
        var owner = Convert.ToInt64(
            platform.Ask(
                "platform",
                $"""
                select m.user_id from organizations_organizationuser m
                    join organizations_organizationowner o on o.organization_user_id = m.id
                where o.organization_id = '{organization}'
                """
            ),
            null
        );
        var members = Convert.ToInt32(
            platform.Ask(
                "platform",
                $"select count(*) from organizations_organizationuser where organization_id = '{organization}'"
            ),
            null
        );
        Assert.True(members > 1);
        var way = new ScriptedWay();
        await using var followed = new FollowedPlatform(platform, [way]);
        platform.Change(
            "platform",
            $"""
            update auth_user set first_name = 'Member' where id in (
                select user_id from organizations_organizationuser where organization_id = '{organization}')
            """
        );
        if (isOrganization)
            way.Tell(organizations: [organization]);
        else
            way.Tell(owners: [owner]);
        await FollowedPlatform.UntilAsync(async () =>
            (await platform.DocumentsAsync($"first_name:Member organization__uid:{organization}")).Count == members
        );
    }

    [Fact]
    public async Task Follow_BeforeTheFirstRun_ComputesNothingAndLosesNothing()
    {
        await using var platform = await SmallPlatform.CreateAsync(Accounts);
        var way = new ScriptedWay();
        await using var followed = new FollowedPlatform(platform, [way]);
        way.Tell([18]);
        await followed.UntilAsync(() => way.Confirmed.Count == 1);
        await followed.Follower.Begun;
        Assert.Equal(1, followed.Follower.State.Dirty);
        await platform.RunAsync();
        await followed.UntilAsync(() => followed.Follower.State.Dirty == 0);
        Assert.Null(followed.Follower.State.Problem);
    }

    [Fact]
    public async Task Follow_StoppedBetweenWritingAndConfirming_ComputesItTheNextTime()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay
        {
            Confirming = _ => Task.FromException(new SourceException("The connection is gone.")),
        };
        var replicas = new Replicas { Replayed = new Dictionary<string, ulong> { ["platform"] = 0 } };
        await using (var followed = new FollowedPlatform(platform, [way], replicas: replicas))
        {
            platform.Change("platform", "update auth_user set first_name = 'Kept' where id = 18");
            way.Tell([18], lsn: 5);
            await followed.UntilAsync(() => followed.Follower.State.Dirty == 1);
        }

        Assert.Empty(way.Confirmed);
        Assert.Empty(await platform.DocumentsAsync("first_name:Kept"));
        await platform.ReopenWorkspaceAsync();
        var next = new ScriptedWay();
        await using var again = new FollowedPlatform(platform, [next]);
        await again.UntilNamedAsync(platform, "Kept");
        Assert.Equal("1", Assert.Single(next.Begun));
    }

    [Fact]
    public async Task Follow_EarlierProcessLeftWork_IsKnownToBeBehindBeforeItIsDone()
    {
        await using var platform = await CompletedAsync();
        var behind = new Replicas { Replayed = new Dictionary<string, ulong> { ["platform"] = 0 } };
        var way = new ScriptedWay();
        await using (var followed = new FollowedPlatform(platform, [way], replicas: behind))
        {
            way.Tell([18], lsn: 5);
            await followed.UntilAsync(() => followed.Follower.State.Dirty == 1);
        }

        // Nothing is computed, or counted for it, before the replica answers.
        var silent = new TaskCompletionSource();
        var next = new ScriptedWay();
        await using var again = new FollowedPlatform(
            platform,
            [next],
            replicas: new Replicas { Answering = silent.Task }
        );
        next.Tell([]);
        await again.UntilAsync(() => next.Confirmed.Count == 1);
        Assert.Equal(1, again.Follower.State.Dirty);
    }

    [Fact]
    public async Task Follow_StoppedWhileComputing_ComputesItTheNextTime()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        var store = new InterruptedStore(
            platform.Store,
            member =>
            {
                if (member == "ReplaceAccountsAsync")
                    throw new StoreUnavailableException("Killed.");
            }
        );
        await using (var followed = new FollowedPlatform(platform, [way], store: store))
        {
            platform.Change("platform", "update auth_user set first_name = 'Kept' where id = 18");
            way.Tell([18]);
            await followed.UntilAsync(() => followed.Follower.State.Problem is not null);
        }

        await platform.ReopenWorkspaceAsync();
        await using var again = new FollowedPlatform(platform, [new ScriptedWay()]);
        await again.UntilNamedAsync(platform, "Kept");
    }

    [Fact]
    public async Task Follow_WhileAnotherNodeLed_IsTakenUpFromWhatThatOneWroteDown()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        await using var followed = new FollowedPlatform(platform, [way]);
        await followed.UntilAsync(() => followed.Follower.State.Mode == FollowMode.Feed);
        await followed.PauseAsync();
        Assert.Equal(FollowMode.Off, followed.Follower.State.Mode);

        platform.Change("platform", "update auth_user set first_name = 'Kept' where id = 18");
        var batch = new ChangeBatch
        {
            Position = "7",
            SeenUpTo = platform.Time.GetUtcNow(),
            Accounts = [18],
        };
        await platform.Workspace.Follow.WriteAsync("platform scripted", "platform", batch, default);
        followed.Resume();
        await followed.UntilNamedAsync(platform, "Kept");
    }

    [Fact]
    public async Task Follow_ToldAgainWhileComputing_IsComputedAgain()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        var isFirst = true;
        var store = new InterruptedStore(
            platform.Store,
            member =>
            {
                if (member != "ReplaceAccountsAsync" || !isFirst)
                    return;
                isFirst = false;
                // Read already, and changed once more: what is replaced now is old.
                platform.Change("platform", "update auth_user set first_name = 'Second' where id = 18");
                way.Tell([18]);
                SpinWait.SpinUntil(() => way.Confirmed.Count == 2, TimeSpan.FromMinutes(5));
            }
        );
        await using var followed = new FollowedPlatform(platform, [way], store: store);
        platform.Change("platform", "update auth_user set first_name = 'First' where id = 18");
        way.Tell([18]);
        await followed.UntilNamedAsync(platform, "Second");
    }

    [Fact]
    public async Task Follow_ReplicaBehind_WaitsForWhatItDoesNotShow()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        var replicas = new Replicas { Replayed = new Dictionary<string, ulong> { ["platform"] = 99 } };
        await using var followed = new FollowedPlatform(platform, [way], replicas: replicas);
        way.Tell([17], lsn: 99);
        await followed.UntilAsync(() => way.Confirmed.Count == 1 && followed.Follower.State.Dirty == 0);
        way.Tell([18], lsn: 100);
        way.Tell([19], lsn: 99);
        await followed.UntilAsync(() => way.Confirmed.Count == 3 && followed.Follower.State.Dirty == 1);
        replicas.Replayed = new Dictionary<string, ulong> { ["platform"] = 100 };
        await followed.UntilAsync(() => followed.Follower.State.Dirty == 0);
    }

    [Fact]
    public async Task Follow_ManyChangedAtOnce_AreLeftToARunThatBeginsLater()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        await using var followed = new FollowedPlatform(
            platform,
            [way],
            FollowedPlatform.Quick with
            {
                AccountsMaxAtLeast = 10,
            }
        );
        way.Tell([.. Enumerable.Range(1, 100).Select(id => (long)id)]);
        const string Reason = "More accounts changed at once than are computed one by one.";
        await followed.UntilAsync(() => followed.Follower.State.Runs.Any(run => run.Reason == Reason));
        await followed.UntilAsync(() => followed.Requested > 0);
        Assert.Equal(0, followed.Follower.State.Dirty);
        platform.Time.Advance(TimeSpan.FromMinutes(1));
        await platform.RunAsync();
        await followed.UntilAsync(() => followed.Follower.State.Runs.Count == 0);
    }

    [Fact]
    public async Task Follow_FeedLost_BeginsAnewAndAsksForARun()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        await using var followed = new FollowedPlatform(platform, [way]);
        way.Tell([18]);
        await followed.UntilAsync(() => way.Confirmed.Count == 1);
        way.Fail(new FeedLostException("The slot is gone."));
        way.Tell();
        await followed.UntilAsync(() => way.Confirmed.Count == 2);
        Assert.Equal([null, null], way.Begun);
        Assert.Contains("The slot is gone.", await ReasonsAsync(platform));
        Assert.Equal("The slot is gone.", followed.Follower.State.Databases[0].LastLoss);
        Assert.Contains(
            "The feed of the platform database begins anew, and a run follows: The slot is gone.",
            followed.Log.Lines
        );
    }

    [Fact]
    public async Task Follow_FeedFails_IsToldOnceAndTriedAgainFromItsPosition()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        await using var followed = new FollowedPlatform(platform, [way]);
        way.Tell([18]);
        await followed.UntilAsync(() => way.Confirmed.Count == 1);
        for (var i = 0; i < 3; i++)
            way.Fail(new SourceException("The server is restarting."));
        await followed.UntilAsync(() => followed.Follower.State.Databases[0].Problem is not null);
        way.Tell([19]);
        await followed.UntilAsync(() => way.Confirmed.Count == 2);
        Assert.Equal([null, "1", "1", "1"], way.Begun);
        await followed.UntilAsync(() => followed.Follower.State.Databases[0].Problem is null);
        Assert.Single(followed.Log.Lines, line => line.Contains("The server is restarting.", StringComparison.Ordinal));
        Assert.Contains("Following the platform database works again.", followed.Log.Lines);
    }

    [Fact]
    public async Task Follow_BatchAsksForARun_RemembersWhy()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        await using (var followed = new FollowedPlatform(platform, [way]))
        {
            way.Tell(runReason: "A table was emptied.");
            await followed.UntilAsync(() => followed.Requested > 0);
        }

        await platform.ReopenWorkspaceAsync();
        Assert.Contains("A table was emptied.", await ReasonsAsync(platform));
    }

    [Fact]
    public async Task Follow_FeedCannotBe_IsPolledUntilItCan()
    {
        await using var platform = await CompletedAsync();
        var feed = new ScriptedWay { WhyNot = "There is no publication." };
        var poll = new ScriptedWay(FollowMode.Poll);
        await using var followed = new FollowedPlatform(
            platform,
            [poll, feed],
            FollowedPlatform.Quick with
            {
                Choice = FollowChoice.Feed,
            }
        );
        poll.Tell([18]);
        await followed.UntilAsync(() => poll.Confirmed.Count == 1);
        var state = followed.Follower.State.Databases[0];
        Assert.Equal((FollowMode.Poll, "There is no publication."), (state.Mode, state.WhyNotFeed));
        Assert.Contains("The platform database is polled, not told: There is no publication.", followed.Log.Lines);
        feed.WhyNot = null;
        feed.Tell([19]);
        await followed.UntilAsync(() => feed.Confirmed.Count == 1);
        await followed.UntilAsync(() => followed.Follower.State.Databases[0].Mode == FollowMode.Feed);
    }

    [Fact]
    public async Task Follow_Off_FollowsNothing()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        await using var followed = new FollowedPlatform(
            platform,
            [way],
            FollowedPlatform.Quick with
            {
                Choice = FollowChoice.Off,
            }
        );
        await followed.Follower.Begun;
        Assert.Equal(FollowMode.Off, followed.Follower.State.Mode);
        Assert.Empty(way.Begun);
        await followed.UntilAsync(() => way.Left.SequenceEqual(["platform", "usage"]));
    }

    [Fact]
    public async Task Follow_ByPollingOnly_LeavesTheFeed()
    {
        await using var platform = await CompletedAsync();
        var (feed, poll) = (new ScriptedWay(), new ScriptedWay(FollowMode.Poll));
        await using var followed = new FollowedPlatform(
            platform,
            [poll, feed],
            FollowedPlatform.Quick with
            {
                Choice = FollowChoice.Poll,
            }
        );
        await followed.UntilAsync(() => feed.Left.SequenceEqual(["platform", "usage"]));
        Assert.Empty(poll.Left);
    }

    [Theory]
    [InlineData(new long[] { 18 }, true)]
    [InlineData(new long[] { 18, 30, 55 }, true)]
    [InlineData(new long[] { 18, 19, 20, 21 }, false)]
    public async Task Follow_AccountsThatCannotBeComputed_DoNotStopTheOthersUnlessTheyAreMany(
        long[] bad,
        bool areLeftOut
    )
    {
        await using var platform = await CompletedAsync();
        var isMended = false;
        var source = new InterruptedSource(platform.Source, before: (_, _) => Task.CompletedTask)
        {
            BeforeAccounts = ids =>
            {
                if (!Volatile.Read(ref isMended) && ids.Intersect(bad).Any())
                    throw new SourceException("A value cannot be read.");
            },
        };
        var way = new ScriptedWay();
        await using var followed = new FollowedPlatform(platform, [way], source: source);
        platform.Change("platform", "update auth_user set first_name = 'Good' where id = 60");
        way.Tell([.. Enumerable.Range(10, 60).Select(id => (long)id)]);
        if (areLeftOut)
        {
            await followed.UntilNamedAsync(platform, "Good");
            await followed.UntilAsync(() => followed.Follower.State.Dirty == 0);
            Assert.All(
                bad,
                id =>
                    Assert.Contains(
                        $"Account {id} changed and could not be computed anew. "
                            + "Its row stays as it is until the next run.",
                        followed.Log.Lines
                    )
            );
            return;
        }

        await followed.UntilAsync(() => followed.Follower.State.Problem is not null);
        Assert.Equal(60, followed.Follower.State.Dirty);
        Volatile.Write(ref isMended, true);
        await followed.UntilAsync(() => followed.Follower.State.Dirty == 0);
    }

    [Fact]
    public async Task Follow_WhileARunIsInProgress_ReadersAndTheRunBothHaveIt()
    {
        await using var platform = await CompletedAsync();
        var way = new ScriptedWay();
        await using var followed = new FollowedPlatform(platform, [way]);
        var isChanged = false;
        var source = new InterruptedSource(
            platform.Source,
            before: (_, _) => Task.CompletedTask,
            after: async (range, _) =>
            {
                if (isChanged || range.FirstId > 18 || range.LastId < 18)
                    return;
                isChanged = true;
                // The run has read this account already.
                platform.Change("platform", "update auth_user set first_name = 'Meanwhile' where id = 18");
                way.Tell([18]);
                await followed.UntilNamedAsync(platform, "Meanwhile");
            }
        );
        Assert.True((await platform.RunAsync(source)).IsCompleted);
        Assert.NotEmpty(await platform.DocumentsAsync("first_name:Meanwhile"));
    }

    internal static async Task<SmallPlatform> CompletedAsync()
    {
        var platform = await SmallPlatform.CreateAsync(Accounts);
        await platform.RunAsync();
        platform.Time.Advance(TimeSpan.FromMinutes(1));
        return platform;
    }

    private static async Task<IEnumerable<string>> ReasonsAsync(SmallPlatform platform) =>
        (await platform.Workspace.Follow.RequestedRunsAsync(default)).Select(run => run.Reason);
}
