using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests;

/// <summary>A real store in a folder of its own.</summary>
public sealed class TemporaryStore : IAsyncDisposable
{
    public static readonly AccountRange Everyone = new(0, long.MaxValue);

    public string Folder { get; } = Directory.CreateTempSubdirectory("user-reports-store-").FullName;

    public FakeTimeProvider Time { get; } = new(SampleReports.Now);

    public StoreSettings Settings =>
        new(Path.Combine(Folder, "reports.duckdb"))
        {
            Threads = 2,
            KeepsPrevious = KeepsPrevious,
            SortedRows = SortedRows,
            QueryTime = QueryTime,
            ConcurrentQueries = ConcurrentQueries,
        };

    public TimeSpan QueryTime { get; set; } = TimeSpan.FromSeconds(30);

    public int ConcurrentQueries { get; set; } = 3;

    public bool KeepsPrevious { get; set; } = true;

    public int SortedRows { get; init; } = 250_000;

    public DuckDbStore Store { get; private set; } = null!;

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

    public void Open() => Store = DuckDbStore.Open(Settings, Time, NullLogger<DuckDbStore>.Instance);

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Open();
    }

    /// <summary>A whole run over one range.</summary>
    public async Task<Run> RunAsync(IReadOnlyList<Report> reports)
    {
        var run = await Store.Runs.StartAsync([(Everyone, reports.Count)], default);
        await Store.Runs.ClaimAsync(run.Uid, "owner", 1, TimeSpan.FromMinutes(1), default);
        Assert.True(
            await Store.Writer.CommitAsync(
                run.Uid,
                "owner",
                [Store.Writer.Pack(Everyone, reports.Count, reports)],
                default
            )
        );
        Assert.True(await Store.Writer.CompleteAsync(run.Uid, "owner", default));
        return (await Store.Runs.FindAsync(run.Uid, default))!;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
