using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Tests;

public abstract class FeedKeysContract<TMaker> : WorkspaceContract<TMaker>
    where TMaker : IWorkspaceMaker
{
    private const string Table = "kpi_asset";

    [Fact]
    public async Task Keys_AddedChangedAndRemoved_AreFoundAsTheyAre()
    {
        await using var workspace = await EmptyAsync();
        await workspace.Keys.AddAsync(Table, [new("1", 10, null), new("2", null, "org")], default);
        await workspace.Keys.AddAsync(Table, [new("1", 11, null)], default);
        await workspace.Keys.AddAsync("other", [new("1", 99, null)], default);
        await workspace.ReopenAsync();
        var found = await workspace.Keys.FindAsync(Table, ["1", "2", "3"], default);
        Assert.Equal([new("1", 11, null), new("2", null, "org")], found.Values.OrderBy(key => key.Key));

        await workspace.Keys.RemoveAsync(Table, ["1"], default);
        Assert.Equal(["2"], (await workspace.Keys.FindAsync(Table, ["1", "2"], default)).Keys);
        Assert.Single(await workspace.Keys.FindAsync("other", ["1"], default));
    }

    [Fact]
    public async Task Fill_ManyKeys_KnowsAllAndThatItIsFilled()
    {
        await using var workspace = await EmptyAsync();
        await workspace.Keys.AddAsync(Table, [new("old", 1, null)], default);
        Assert.False(await workspace.Keys.IsFilledAsync(Table, default));
        await workspace.Keys.FillAsync(Table, KeysAsync(25_000), default);
        Assert.True(await workspace.Keys.IsFilledAsync(Table, default));
        var asked = Enumerable.Range(0, 2_000).Select(i => $"{i * 13}").ToList();
        var found = await workspace.Keys.FindAsync(Table, [.. asked, "old"], default);
        Assert.Equal(asked.Count(key => int.Parse(key, null) < 25_000), found.Count);
        Assert.Equal(26L, found["26"].Account);
    }

    [Fact]
    public async Task Fill_KeyAddedMeanwhile_IsNewer()
    {
        await using var workspace = await EmptyAsync();

        async IAsyncEnumerable<FeedKey> OlderAsync()
        {
            await workspace.Keys.AddAsync(Table, [new("1", 2, null)], default);
            yield return new("1", 1, null);
        }

        await workspace.Keys.FillAsync(Table, OlderAsync(), default);
        Assert.Equal(2L, (await workspace.Keys.FindAsync(Table, ["1"], default))["1"].Account);
    }

    [Fact]
    public async Task Fill_BrokenOff_IsNotFilled()
    {
        await using var workspace = await EmptyAsync();
        await workspace.Keys.FillAsync(Table, KeysAsync(3), default);

        static async IAsyncEnumerable<FeedKey> BrokenAsync()
        {
            yield return new("1", 1, null);
            await Task.Yield();
            throw new InvalidOperationException("The source is gone.");
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            workspace.Keys.FillAsync(Table, BrokenAsync(), default)
        );
        Assert.False(await workspace.Keys.IsFilledAsync(Table, default));
    }

    private static async IAsyncEnumerable<FeedKey> KeysAsync(int count)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++)
            yield return new($"{i}", i, null);
    }
}
