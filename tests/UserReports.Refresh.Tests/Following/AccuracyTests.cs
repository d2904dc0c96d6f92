using Microsoft.Extensions.Time.Testing;
using UserReports.Feed.Ledger;
using UserReports.Refresh.Following;

namespace UserReports.Refresh.Tests.Following;

public sealed class AccuracyTests
{
    private static readonly FollowSettings Sampling = FollowedPlatform.Quick with { SampledAccounts = 1_000 };

    [Fact]
    public async Task Sample_RowsAsInTheSources_HasNoDifference()
    {
        await using var platform = await FollowerTests.CompletedAsync();
        using var sampled = new SampledPlatform(platform);
        var accuracy = await sampled.Sampler.SampleAsync(isFollowing: false, default);
        Assert.Equal(platform.Store.Reader.Snapshot!.Rows, accuracy.Rows);
        Assert.Equal(0, accuracy.DifferingRows);
        Assert.Equal(accuracy.SampledAt, (await platform.Workspace.Follow.FindAccuracyAsync(default))!.SampledAt);
    }

    [Fact]
    public async Task Sample_ChangesThatNothingTold_NamesTheirFieldsAndSinceWhen()
    {
        await using var platform = await FollowerTests.CompletedAsync();
        platform.Change("platform", "update auth_user set first_name = 'Other' where id = 18");
        platform.Change("platform", "delete from auth_user where id = 19");
        using var sampled = new SampledPlatform(platform);
        var first = await sampled.Sampler.SampleAsync(isFollowing: false, default);
        platform.Time.Advance(TimeSpan.FromHours(1));
        sampled.Clock.Advance(TimeSpan.FromHours(1));
        var second = await sampled.Sampler.SampleAsync(isFollowing: false, default);
        Assert.True(second.DifferingRows >= 2);
        Assert.Equal(["first_name", "row"], second.Fields.Select(field => field.Path).Order());
        Assert.All(second.Fields, field => Assert.Equal(first.SampledAt, field.Since));
        Assert.NotEqual(first.SampledAt, second.SampledAt);
    }

    [Fact]
    public async Task Sample_WhileFollowing_ExcusesWhatIsDirtyAndWarnsOfTheRest()
    {
        await using var platform = await FollowerTests.CompletedAsync();
        platform.Change("platform", "update auth_user set first_name = 'Dirty' where id = 18");
        platform.Change("platform", "update auth_user set first_name = 'Untold' where id = 19");
        using var sampled = new SampledPlatform(platform);
        await sampled.TellAsync([18]);
        var sampling = sampled.Sampler.SampleAsync(isFollowing: true, default);
        while (!sampling.IsCompleted)
        {
            // What was committed before the comparison is told before it is judged.
            await sampled.TellAsync([]);
            sampled.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(5);
        }

        var accuracy = await sampling;
        Assert.Equal("first_name", Assert.Single(accuracy.Fields).Path);
        Assert.True(accuracy.DifferingRows >= 1);
        Assert.DoesNotContain(18, await UntoldAsync(platform, accuracy));
        Assert.Contains(
            sampled.Log.Lines,
            line =>
                line
                == $"Of {accuracy.Rows} published rows {accuracy.DifferingRows} differ from the sources, in first_name. The next run puts that right."
        );
    }

    [Fact]
    public async Task Sample_FollowingHasStopped_JudgesNothing()
    {
        await using var platform = await FollowerTests.CompletedAsync();
        platform.Change("platform", "update auth_user set first_name = 'Unknown' where id = 18");
        using var sampled = new SampledPlatform(platform);
        await sampled.TellAsync([]);
        var sampling = sampled.Sampler.SampleAsync(isFollowing: true, default);
        while (!sampling.IsCompleted)
        {
            sampled.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(5);
        }

        Assert.Equal(0, (await sampling).DifferingRows);
    }

    [Theory]
    [InlineData("""{"a":1,"last_updated":"x"}""", """{"a":1,"last_updated":"y"}""", "")]
    [InlineData("""{"a":{"b":1,"c":[1]}}""", """{"a":{"b":2,"c":[2]}}""", "a__b,a__c")]
    [InlineData("""{"a":{"b":1}}""", """{"a":null}""", "a")]
    [InlineData("""{"a":1}""", """{"b":1}""", "a,b")]
    public void Differences_OfTwoDocuments_ArePathsOfFields(string one, string other, string paths) =>
        Assert.Equal(
            paths,
            string.Join(
                ',',
                RowComparison.Differences(
                    System.Text.Encoding.UTF8.GetBytes(one),
                    System.Text.Encoding.UTF8.GetBytes(other)
                )
            )
        );

    /// <summary>Accounts whose published row is not as the source has it.</summary>
    private static async Task<IReadOnlyList<long>> UntoldAsync(SmallPlatform platform, PublishedAccuracy accuracy)
    {
        Assert.NotEqual(0, accuracy.DifferingRows);
        var rows = await platform.Store.Reader.FindAccountsAsync([19], default);
        // As many as the account has rows: the dirty one does not count.
        Assert.Equal(rows.Count, accuracy.DifferingRows);
        return [.. rows.Select(row => row.AccountId)];
    }

    private sealed class SampledPlatform : IDisposable
    {
        private readonly RefreshEngine engine;
        private readonly FollowProgress progress;
        private readonly IFollowLedger ledger;

        public SampledPlatform(SmallPlatform platform)
        {
            engine = platform.Engine();
            ledger = platform.Workspace.Follow;
            progress = new(ledger, Clock);
            Sampler = new(ledger, platform.Source, platform.Store, engine, progress, Sampling, Clock, Log);
        }

        /// <summary>Not the store's, whose questions would seem to take as long as it is set forward.</summary>
        public FakeTimeProvider Clock { get; } = new(SmallPlatform.Now);

        public RecordedLog<AccuracyTests> Log { get; } = new();

        public AccuracySampler Sampler { get; }

        public Task TellAsync(IReadOnlyCollection<long> accounts) =>
            progress.WriteAsync(
                "platform feed",
                "platform",
                new()
                {
                    Position = "1",
                    SeenUpTo = SmallPlatform.Now,
                    Accounts = accounts,
                },
                default
            );

        public void Dispose()
        {
            progress.Dispose();
            engine.Dispose();
        }
    }
}
