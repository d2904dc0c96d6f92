using UserReports.Core.Query;
using UserReports.Store.History;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.History;

/// <summary>Comparisons that meet damage, and readers of days that are past when the store closes.</summary>
public sealed class EndedReadingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Damage of the documents, and of the columns, of the earlier day and of the later one.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public async Task Compare_DayIsDamaged_IsToldByNameAndTheOthersAnswer(int which, bool ofDocuments)
    {
        await using var store = await ThreeDaysAsync();
        var moments = await MomentsAsync(store);
        await store.Store.DisposeAsync();
        var file = Directory
            .GetFiles(Path.Combine(store.Folder, "reports.history"), "*.parquet")
            .Order()
            .ElementAt(which + 1);
        var bytes = await File.ReadAllBytesAsync(file, Token);
        // Row groups stand at the beginning; blocks of documents behind them, right before the footer.
        bytes[ofDocuments ? bytes.Length - BitConverter.ToInt32(bytes, bytes.Length - 8) - 108 : 60] ^= 0x55;
        await File.WriteAllBytesAsync(file, bytes, Token);
        store.Open();
        var asked = new ComparisonQuery(ReportQuery.Everything, [], moments[1], moments[2]);

        var e = await Assert.ThrowsAsync<StoreDamagedException>(() => CompareAsync(store, asked));

        var day = Path.GetFileName(file)[..10];
        Assert.StartsWith($"The snapshot of {day} is damaged", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Other days answer.", e.Message, StringComparison.Ordinal);
        var listed = await store.Store.History.ListAsync(Token);
        Assert.Equal([day], listed.Where(one => one.Damage is not null).Select(one => $"{one.Day:yyyy-MM-dd}"));
        var others = await CompareAsync(store, asked with { From = moments[0] });
        Assert.Equal(which == 0 ? 20 : 10, others.Counts.Entered);
        Assert.Equal(30, (await CompareAsync(store, asked with { From = moments[0], To = null })).Counts.Entered);
    }

    [Fact]
    public async Task Close_WhileDaysAreExported_WaitsForThemAndLetsNobodyElseIn()
    {
        await using var store = await ThreeDaysAsync();
        var moments = await MomentsAsync(store);
        var history = store.Store.History;
        var reader = await history.AtAsync(moments[0], Token);
        var day = await reader.ExportAsync(ReportQuery.Everything, Token);
        var compared = await history.ExportComparisonAsync(
            new(ReportQuery.Everything, [], moments[0], moments[2]),
            null,
            Token
        );

        var closing = store.Store.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<NoSnapshotException>(() => reader.FindAsync(ReportQuery.Everything, new(1), Token));
        await Assert.ThrowsAsync<NoSnapshotException>(() => history.AtAsync(moments[0], Token));
        await Assert.ThrowsAsync<NoSnapshotException>(() =>
            CompareAsync(store, new(ReportQuery.Everything, [], moments[0], moments[1]))
        );
        var rows = 0;
        await foreach (var chunk in day.Chunks)
            rows += chunk.Count;
        Assert.Equal(20, rows);
        await foreach (var chunk in compared.Chunks)
            rows += chunk.Count;
        Assert.Equal(50, rows);
        await day.DisposeAsync();
        Assert.False(closing.IsCompleted);
        await compared.DisposeAsync();
        await closing;
    }

    private static async Task<ComparisonPage> CompareAsync(TemporaryStore store, ComparisonQuery query) =>
        await store.Store.History.CompareAsync(query, new(100), null, Token);

    private static async Task<List<DateTimeOffset>> MomentsAsync(TemporaryStore store) =>
        [.. (await store.Store.History.ListAsync(Token)).Reverse().Select(day => day.TakenAt.AddTicks(1))];

    /// <summary>Twenty rows; ten more the next day; on the third ten more again, while the first ten are gone; and
    /// fifty now.</summary>
    private static async Task<TemporaryStore> ThreeDaysAsync()
    {
        var reports = SampleReports.Make(50);
        var store = await TemporaryStore.WithAsync([.. reports.Take(20)]);
        foreach (var rows in new[] { ..30, 10..40, ..50 })
        {
            store.Store.History.Keep(Token);
            store.Time.Advance(TimeSpan.FromDays(1));
            await store.RunAsync([.. reports.Take(rows)]);
        }

        return store;
    }
}
