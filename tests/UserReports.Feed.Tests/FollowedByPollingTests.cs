using UserReports.Feed.Polling;

namespace UserReports.Feed.Tests;

public sealed class FollowedByPollingTests
{
    private const int Accounts = 200;

    /// <summary>
    /// Whatever changes, and however often following is stopped between what it does: in the end every row is the one
    /// that a fresh run would write.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Category", "Random")]
    public async Task Follow_RandomChanges_EndWithTheRowsOfAFreshRun(bool embedded)
    {
        await using var sources = await SourcePair.GenerateAsync(embedded, Accounts);
        await using var followed = await FollowedStore.CreateAsync(
            sources,
            new PollFeedFactory(
                sources.Databases,
                new() { Every = TimeSpan.FromMilliseconds(50), ShareMax = 1 },
                TimeProvider.System
            )
        );
        await followed.ChangeAtRandomAsync(Accounts, sources.ChangeAsync);
        await followed.AssertIsFreshAsync();
    }
}
