using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Generations;

/// <summary>A generation's files are there as long as somebody reads them, and no longer.</summary>
public sealed class GenerationFilesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_RunCompletesMeanwhile_KeepsItsFilesUntilItEnds()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(30));
        await using (await store.Store.Reader.ExportAsync(ReportQuery.Everything, Token))
        {
            await store.RunAsync(SampleReports.Make(10, seed: 2));
            Assert.Equal(2, Directory.GetFiles(store.Folder, "*.duckdb").Length);
            await store.Store.Runs.StartAsync([(TemporaryStore.Everyone, 1)], Token);
            Assert.Equal(3, Directory.GetFiles(store.Folder, "*.duckdb").Length);
        }

        await store.Store.Runs.AbortAsync((await store.Store.Runs.FindInProgressAsync(Token))!.Uid, "enough", Token);
        Assert.Single(Directory.GetFiles(store.Folder, "*.duckdb"));
        Assert.Single(Directory.GetFiles(store.Folder, "*.documents"));
        Assert.Equal(10, store.Store.Reader.Snapshot!.Rows);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Run_TwentyInARow_StoreDoesNotGrow()
    {
        var reports = SampleReports.Make(2000);
        await using var store = await TemporaryStore.WithAsync(reports);
        await store.RunAsync(reports);
        var present = Size(store);

        for (var pass = 2; pass < 20; pass++)
            await store.RunAsync(reports);

        Assert.InRange(Size(store), 1, (long)(present * 1.3));
    }

    private static long Size(TemporaryStore store) =>
        new DirectoryInfo(store.Folder).GetFiles().Sum(file => file.Length);
}
