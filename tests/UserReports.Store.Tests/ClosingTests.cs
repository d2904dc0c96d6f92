using UserReports.Testing;

namespace UserReports.Store.Tests;

public sealed class ClosingTests
{
    [Fact]
    public async Task Store_ClosedOncePerInterface_ClosesOnceAndCanBeOpenedAgain()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(3));

        await store.Store.DisposeAsync();
        await store.Store.DisposeAsync();
        store.Open();

        Assert.Equal(3, store.Store.Snapshot!.Rows);
    }
}
