using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Reports;
using UserReports.Store.Contract;

namespace UserReports.Store.DuckDb.Tests;

/// <summary>A real store in a folder of its own.</summary>
public class TemporaryStore : StoreUnderTest, IStoreEngine
{
    private DuckDbStore store = null!;

    public string Folder { get; } = Directory.CreateTempSubdirectory("user-reports-store-").FullName;

    public StoreSettings Settings =>
        new(Path.Combine(Folder, "reports.duckdb"))
        {
            Threads = 2,
            KeepsPrevious = KeepsPrevious,
            SortedRows = SortedRows,
            QueryTime = QueryTime,
            ConcurrentQueries = ConcurrentQueries,
            OrderMegabytes = OrderMegabytes,
            RewriteFrom = RewriteFrom,
            ChangesMax = ChangesMax,
            GrowthBytesMax = GrowthBytesMax,
        };

    public int OrderMegabytes { get; set; } = 256;

    public int RewriteFrom { get; set; } = 20_000;

    public long ChangesMax { get; set; } = 100_000;

    public long GrowthBytesMax { get; set; } = 64L << 20;

    public TimeSpan QueryTime { get; set; } = TimeSpan.FromSeconds(30);

    public int ConcurrentQueries { get; set; } = 3;

    public bool KeepsPrevious { get; set; } = true;

    public int SortedRows { get; init; } = 250_000;

    public override DuckDbStore Store => store;

    static Task<StoreUnderTest> IStoreEngine.OpenAsync() => Task.FromResult<StoreUnderTest>(Empty());

    public static TemporaryStore Empty()
    {
        var store = new TemporaryStore();
        store.Open();
        return store;
    }

    /// <summary>A store with one completed run of these reports.</summary>
    public static async Task<TemporaryStore> WithAsync(IReadOnlyList<Report> reports)
    {
        var store = Empty();
        await store.RunAsync(reports);
        return store;
    }

    /// <summary>A closed store with these files.</summary>
    public static TemporaryStore CopyOf(string folder)
    {
        var store = new TemporaryStore();
        foreach (var file in Directory.GetFiles(folder))
            File.Copy(file, Path.Combine(store.Folder, Path.GetFileName(file)));
        return store;
    }

    public void OpenSecond() => DuckDbStore.Open(Settings, Time, NullLogger<DuckDbStore>.Instance);

    public static DuckDbStore OpenAt(string path) =>
        DuckDbStore.Open(new(path), TimeProvider.System, NullLogger<DuckDbStore>.Instance);

    public void Open() => store = DuckDbStore.Open(Settings, Time, NullLogger<DuckDbStore>.Instance);

    public override async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Open();
    }

    public override bool KeepsOrders => true;

    public override async Task SettleAsync()
    {
        var begun = Environment.TickCount64;
        while (!store.IsIdle)
        {
            Assert.True(Environment.TickCount64 - begun < 300_000, "Something is worked out without an end.");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>A store that sorts what is more than a few rows in parts.</summary>
public sealed class PartlySortingStore : TemporaryStore, IStoreEngine
{
    static Task<StoreUnderTest> IStoreEngine.OpenAsync()
    {
        var store = new PartlySortingStore { SortedRows = 20 };
        store.Open();
        return Task.FromResult<StoreUnderTest>(store);
    }
}
