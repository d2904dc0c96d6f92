using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests;

public sealed class ClosingTests
{
    [Fact]
    public async Task Store_ClosedOncePerInterface_ClosesOnceAndCanBeOpenedAgain()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(3));

        await store.Store.DisposeAsync();
        await store.Store.DisposeAsync();
        store.Open();

        Assert.Equal(3, store.Store.Reader.Snapshot!.Rows);
    }

    [Fact]
    public async Task Store_ClosedWhileSomebodyExports_WaitsForTheLastReader()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(1200));
        var export = await store.Store.Reader.ExportAsync(ReportQuery.Everything, default);

        var closed = store.Store.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<NoSnapshotException>(() =>
            store.Store.Reader.FindAsync(ReportQuery.Everything, new(1), default)
        );
        Assert.Throws<StoreInUseException>(store.OpenSecond);
        Assert.False(closed.IsCompleted);
        var documents = 0;
        await foreach (var chunk in export.Chunks)
            documents += chunk.Count;
        Assert.Equal(1200, documents);
        await export.DisposeAsync();

        await closed;
        store.Open();
        Assert.Equal(1200, store.Store.Reader.Snapshot!.Rows);
    }
}
