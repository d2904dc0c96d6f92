using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.Contract.Runs;

/// <summary>Single accounts, replaced in what readers see and in the run that will take its place.</summary>
public abstract class CorrectionsContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task ReplaceAccounts_BeforeTheFirstRun_SaysThatThereIsNothing()
    {
        await using var store = await EmptyAsync();

        await Assert.ThrowsAsync<NoSnapshotException>(() =>
            store.Store.Corrections.ReplaceAccountsAsync([1], [Named(1, "new")], Token)
        );
    }

    [Fact]
    public async Task ReplaceAccounts_ChangedAndDeleted_ReadersSeeBothAtOnceUnderANewVersion()
    {
        await using var store = await WithAsync([Named(1, "one"), Named(2, "two"), Named(3, "three")]);
        var version = store.Store.Reader.Snapshot!.Version;

        await store.Store.Corrections.ReplaceAccountsAsync([1, 2], [Named(1, "uno")], Token);

        Assert.Equal(["three", "uno"], await NamesAsync(store));
        Assert.NotEqual(version, store.Store.Reader.Snapshot!.Version);
        Assert.Equal(2, store.Store.Reader.Snapshot!.Rows);
        await store.ReopenAsync();
        Assert.Equal(["three", "uno"], await NamesAsync(store));
    }

    [Fact]
    public async Task Find_CountWasKnown_IsCountedAnewAfterAReplacement()
    {
        await using var store = await WithAsync([Named(1, "one"), Named(2, "two")]);
        Assert.Equal(2, (await store.Store.Reader.FindAsync(ReportQuery.Everything, new(10), Token)).Count);

        await store.Store.Corrections.ReplaceAccountsAsync([2], [], Token);

        Assert.Equal(1, (await store.Store.Reader.FindAsync(ReportQuery.Everything, new(10), Token)).Count);
    }

    [Fact]
    public async Task Complete_AccountsWereTouchedMeanwhile_WaitsForTheirCorrection()
    {
        await using var store = await WithAsync([Named(1, "old")]);
        var run = await store.Store.Runs.StartAsync([(StoreUnderTest.Everyone, 1)], Token);
        await store.Store.Runs.ClaimAsync(run.Uid, "a", 1, Lease, Token);
        await store.Store.Corrections.ReplaceAccountsAsync([1], [Named(1, "new")], Token);
        await store.Store.Writer.CommitAsync(
            run.Uid,
            "a",
            [store.Store.Writer.Pack(StoreUnderTest.Everyone, 1, [Named(1, "old")])],
            Token
        );

        Assert.False(await store.Store.Writer.CompleteAsync(run.Uid, "a", Token));
        Assert.Equal([1], await store.Store.Corrections.TouchedAsync(Token));
        Assert.True(await store.Store.Corrections.CorrectAsync(run.Uid, "a", [1], [Named(1, "new")], Token));

        Assert.True(await store.Store.Writer.CompleteAsync(run.Uid, "a", Token));
        Assert.Equal(["new"], await NamesAsync(store));
    }

    [Fact]
    public async Task Correct_AccountWasTouchedAgainMeanwhile_LeavesItToBeCorrectedAgain()
    {
        await using var store = await WithAsync([Named(1, "old")]);
        var run = await store.Store.Runs.StartAsync([(StoreUnderTest.Everyone, 1)], Token);
        await store.Store.Corrections.ReplaceAccountsAsync([1], [Named(1, "new")], Token);
        Assert.Equal([1], await store.Store.Corrections.TouchedAsync(Token));
        await store.Store.Corrections.ReplaceAccountsAsync([1], [Named(1, "newest")], Token);

        await store.Store.Corrections.CorrectAsync(run.Uid, "a", [1], [Named(1, "new")], Token);

        Assert.Equal([1], await store.Store.Corrections.TouchedAsync(Token));
        await store.Store.Corrections.CorrectAsync(run.Uid, "a", [1], [Named(1, "newest")], Token);
        Assert.Empty(await store.Store.Corrections.TouchedAsync(Token));
    }

    [Fact]
    public async Task Due_PeriodHasEnded_NamesTheAccountUntilItIsComputedAgain()
    {
        var reports = SampleReports.Make(200);
        await using var store = await WithAsync(reports);
        var end = reports.Max(report => report.ServiceUsage.CurrentPeriod?.End)!.Value;
        var expected = reports
            .Where(report =>
                report.ServiceUsage.CurrentPeriod is { } period && period.End <= end && report.LastUpdated <= period.End
            )
            .Select(report => report.UserId)
            .Distinct()
            .Order()
            .ToList();
        Assert.NotEmpty(expected);

        // What is computed at the very end of its period may still be of that period: it is due a moment later.
        var later = end.AddMicroseconds(1);
        Assert.Equal(expected, await store.Store.Corrections.DueAsync(later, 1000, Token));
        Assert.Equal(expected.Take(3), await store.Store.Corrections.DueAsync(later, 3, Token));
        Assert.True((await store.Store.Corrections.DueAsync(end, 1000, Token)).Count < expected.Count);
        await store.Store.Corrections.ReplaceAccountsAsync(expected, [], Token);
        Assert.Empty(await store.Store.Corrections.DueAsync(later, 1000, Token));
    }

    internal static Report Named(long id, string username) => SampleReports.MakeOne(new Random((int)id), id, username);

    private static async Task<List<string?>> NamesAsync(StoreUnderTest store)
    {
        var page = await store.Store.Reader.FindAsync(ReportQuery.Everything, new(10), Token);
        return [.. page.Documents.Select(d => JsonElement.Parse(d.Span).GetProperty("username").GetString())];
    }
}
