using UserReports.Store.DuckDb.Reading;

namespace UserReports.Store.DuckDb.Tests.Reading;

/// <summary>Who comes when: nothing here runs, and no clock is looked at.</summary>
public sealed class QueryTurnsTests
{
    private const long Greedy = 1;
    private const long Modest = 2;
    private const long Third = 3;

    private readonly List<string> begun = [];
    private readonly Dictionary<string, Task<IDisposable>> taken = [];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(9, 8)]
    public void Account_ThatAsksForMuch_NeverHoldsAllPlaces(int places, int held)
    {
        var turns = new QueryTurns(places);
        for (var i = 0; i < 20; i++)
            Take(turns, $"g{i}", Greedy, isShort: true);

        Assert.Equal(held, begun.Count);
        Assert.Equal(20 - held, turns.Waiting);
        Take(turns, "m", Modest, isShort: true);
        Assert.Equal(places > 1, begun.Contains("m"));
    }

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(9, 7, 8)]
    public void LongQueries_LeaveAPlaceForShortOnesAndOneForOthers(int places, int ofOne, int ofAll)
    {
        var turns = new QueryTurns(places);
        for (var i = 0; i < 20; i++)
            Take(turns, $"g{i}", Greedy, isShort: false);
        Assert.Equal(ofOne, begun.Count);

        for (var i = 0; i < 20; i++)
            Take(turns, $"t{i}", Third, isShort: false);
        Assert.Equal(ofAll, begun.Count);

        Take(turns, "m", Modest, isShort: true);
        Assert.Contains("m", begun);
    }

    [Fact]
    public async Task Accounts_ThatWait_ComeInTurnHoweverManyEachHasInLine()
    {
        var turns = new QueryTurns(1);
        for (var i = 0; i < 10; i++)
            Take(turns, $"g{i}", Greedy, isShort: false);
        Take(turns, "m0", Modest, isShort: false);
        Take(turns, "m1", Modest, isShort: false);
        Take(turns, "t0", Third, isShort: true);

        foreach (var name in (string[])["g0", "m0", "t0", "g1", "m1", "g2"])
            await EndAsync(name);

        Assert.Equal(["g0", "m0", "t0", "g1", "m1", "g2", "g3"], begun);
    }

    [Fact]
    public async Task ShortQuery_OvertakesLongOnesOfItsAccountThatMayNotBegin()
    {
        var turns = new QueryTurns(3);
        Take(turns, "long", Greedy, isShort: false);
        Take(turns, "longer", Greedy, isShort: false);
        Take(turns, "short", Greedy, isShort: true);
        Assert.Equal(["long", "short"], begun);

        await EndAsync("short");
        Assert.Equal(["long", "short"], begun);
        await EndAsync("long");
        Assert.Equal(["long", "short", "longer"], begun);
    }

    [Fact]
    public async Task Turn_ThatNobodyWantsAnyMore_IsNotWaitedFor()
    {
        var turns = new QueryTurns(1);
        using var leave = new CancellationTokenSource();
        Take(turns, "first", Greedy, isShort: false);
        var left = turns.TakeAsync(Modest, isShort: true, leave.Token);
        Take(turns, "last", Third, isShort: false);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal(1, turns.Waiting);
        await EndAsync("first");
        Assert.Equal(["first", "last"], begun);

        // One that has begun is given back by its owner, once, however late it was cancelled and how often it ends.
        using var late = new CancellationTokenSource();
        await EndAsync("last");
        var turn = await turns.TakeAsync(Modest, isShort: true, late.Token);
        await late.CancelAsync();
        Take(turns, "after", Greedy, isShort: true);
        turn.Dispose();
        turn.Dispose();
        Take(turns, "behind", Third, isShort: true);
        Assert.Equal(["first", "last", "after"], begun);
    }

    [Fact]
    public async Task Turns_OfManyAtOnce_AreAllGivenAndNeverTooMany()
    {
        var turns = new QueryTurns(3);
        var running = 0;
        var most = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 400)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        using var leave = new CancellationTokenSource();
                        if (i % 7 == 0)
                            _ = Task.Run(leave.Cancel, CancellationToken.None);
                        try
                        {
                            using var turn = await turns.TakeAsync(i % 5, i % 3 == 0, leave.Token);
                            most = Math.Max(most, Interlocked.Increment(ref running));
                            await Task.Yield();
                            Interlocked.Decrement(ref running);
                        }
                        catch (OperationCanceledException)
                        {
                            Assert.Equal(0, i % 7);
                        }
                    })
                )
        );

        Assert.InRange(most, 1, 3);
        Assert.Equal(0, turns.Waiting);
        Assert.Equal(0, running);
    }

    /// <summary>Whether a turn has begun is known at once: it is decided where it is asked for or given back.</summary>
    private void Take(QueryTurns turns, string name, long account, bool isShort)
    {
        taken[name] = turns.TakeAsync(account, isShort, CancellationToken.None);
        Look();
    }

    private async Task EndAsync(string name)
    {
        Assert.True(taken[name].IsCompletedSuccessfully);
        (await taken[name]).Dispose();
        Look();
    }

    private void Look() =>
        begun.AddRange(
            taken
                .Where(turn => turn.Value.IsCompletedSuccessfully && !begun.Contains(turn.Key))
                .Select(turn => turn.Key)
        );
}
