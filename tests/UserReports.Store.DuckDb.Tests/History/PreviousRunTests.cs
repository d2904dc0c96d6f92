using System.Text;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.History;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.History;

/// <summary>The rows of the run before, held against the present ones while both are at hand.</summary>
public sealed class PreviousRunTests
{
    private const string Paths = "asset_count,subscriptions[]__status,service_usage__balances__submission,organization";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("is_active:true")]
    [InlineData("subscriptions[]__status:active")]
    [InlineData("extra_details__data__country:KEN OR username__icontains:a")]
    public async Task Compare_RunBefore_AgreesWithTwoFullExports(string q)
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(80));
        // As it last was: with what changed after its run.
        await store.Store.Corrections.ReplaceAccountsAsync(
            [7, 8],
            [SampleReports.MakeOne(new Random(70), 7, "renamed since")],
            Token
        );
        var before = await TextsAsync(store, q);
        var next = SampleReports.Make(90);
        foreach (var report in next.Where(report => report.UserId % 3 == 0))
            typeof(Account).GetProperty(nameof(Account.AssetCount))!.SetValue(report.Account, 99L);
        await store.RunAsync([.. next.Skip(10)]);
        await store.Store.Corrections.ReplaceAccountsAsync(
            [5],
            [SampleReports.MakeOne(new Random(50), 5, "of today")],
            Token
        );
        var now = await TextsAsync(store, q);
        var query = QueryCompiler.Compile(q, "").Query!;
        List<ComparedField> fields =
        [
            .. Paths.Split(',').Select(path => ComparedField.Of(QueryCompiler.FindPath(path)!.Value.Path)),
        ];

        await using var export = await store.Store.History.ExportComparisonAsync(
            new(query, fields, null, null),
            null,
            Token
        );
        List<ComparedRow> rows = [];
        await foreach (var chunk in export.Chunks)
            rows.AddRange(chunk);

        Assert.Equal(await store.Store.History.PreviousAsync(Token), export.From);
        Assert.Equal(79, export.From.Rows);
        Assert.True(export.From.CompletedAt <= export.To.CompletedAt);
        foreach (var row in rows)
        {
            Assert.Equal(row.Change != RowChange.Entered, row.Was is { } was && before.Contains(Text(was)));
            Assert.Equal(row.Change != RowChange.Left, row.Is is { } present && now.Contains(Text(present)));
        }

        Assert.Equal(before.Count, export.Counts.Left + export.Counts.Changed + export.Counts.Stayed);
        Assert.Equal(now.Count, export.Counts.Entered + export.Counts.Changed + export.Counts.Stayed);
        Assert.Equal(rows.Count, export.Counts.Entered + export.Counts.Left + export.Counts.Changed);
        Assert.NotEqual(0, export.Counts.Changed);
    }

    [Fact]
    public async Task Compare_AfterTheStoreWasOpenedAnew_IsTheSame()
    {
        await using var store = await TwoRunsAsync();
        var before = await CompareAsync(store);

        await store.ReopenAsync();

        Assert.Equal(new(10, 5, 0, 25), before.Counts);
        Assert.Equal(before.Counts, (await CompareAsync(store)).Counts);
    }

    [Fact]
    public async Task Compare_NextRunHasBegun_SaysWhatCanBeAsked()
    {
        await using var store = await TwoRunsAsync();
        var day = store.Store.History.Keep(Token)!.Day;
        await store.Store.Runs.StartAsync([(TemporaryStore.Everyone, 1)], Token);

        var e = await Assert.ThrowsAsync<NoHistoryException>(() => CompareAsync(store));

        Assert.Equal(
            "The rows of the run before are not at hand: they are kept until the next run begins, where Refresh:KeepPrevious is on. Compare with a day. There are "
                + $"{day:yyyy-MM-dd}.",
            e.Message
        );
        Assert.Equal([day], e.Days);
        await Assert.ThrowsAsync<NoHistoryException>(() => store.Store.History.PreviousAsync(Token));
    }

    [Fact]
    public async Task Compare_RunBeforeIsNotKept_SaysSo()
    {
        await using var store = TemporaryStore.Empty();
        store.KeepsPrevious = false;
        await store.ReopenAsync();
        await store.RunAsync(SampleReports.Make(3));
        await Assert.ThrowsAsync<NoHistoryException>(() => CompareAsync(store));
        await store.RunAsync(SampleReports.Make(4));
        await Assert.ThrowsAsync<NoHistoryException>(() => CompareAsync(store));
    }

    [Fact]
    public async Task Export_GoesOnWhileTheNextRunBegins_EndsAndLeavesNothing()
    {
        await using var store = await TwoRunsAsync();
        var files = Directory.GetFiles(store.Folder, "*.g*");
        await using (
            var export = await store.Store.History.ExportComparisonAsync(
                new(ReportQuery.Everything, [], null, null),
                null,
                Token
            )
        )
        {
            await store.Store.Runs.StartAsync([(TemporaryStore.Everyone, 1)], Token);
            await Assert.ThrowsAsync<NoHistoryException>(() => CompareAsync(store));
            var rows = 0;
            await foreach (var chunk in export.Chunks)
                rows += chunk.Count;
            Assert.Equal(15, rows);
            Assert.All(
                files.Where(file => !file.EndsWith(".wal", StringComparison.Ordinal)),
                file => Assert.True(File.Exists(file))
            );
        }

        Assert.Contains(files, file => !File.Exists(file));
        Assert.Equal(35, store.Store.Reader.Snapshot!.Rows);
    }

    /// <summary>Who reads the rows of then as the present ones has the database to himself.</summary>
    [Fact]
    public async Task Compare_SomebodyStillReadsTheRunBefore_IsNotYetPossible()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(30));
        await using (await store.Store.Reader.ExportAsync(ReportQuery.Everything, Token))
        {
            await store.RunAsync(SampleReports.Make(20));
            await Assert.ThrowsAsync<NoHistoryException>(() => CompareAsync(store));
        }

        Assert.Equal(new(0, 10, 0, 20), (await CompareAsync(store)).Counts);
    }

    [Fact]
    public async Task Compare_FileOfTheRunBeforeIsDamaged_SaysSoAndTheRestAnswers()
    {
        await using var store = await TwoRunsAsync();
        await store.Store.DisposeAsync();
        await File.WriteAllTextAsync(Directory.GetFiles(store.Folder, "*.g*.duckdb").Order().First(), "nothing", Token);
        store.Open();

        var e = await Assert.ThrowsAsync<NoHistoryException>(() => CompareAsync(store));

        Assert.StartsWith("The rows of the run before cannot be read: ", e.Message, StringComparison.Ordinal);
        Assert.Equal(35, (await store.Store.Reader.FindAsync(ReportQuery.Everything, new(1), Token)).Count);
    }

    private static Task<ComparisonPage> CompareAsync(TemporaryStore store) =>
        store.Store.History.CompareAsync(new(ReportQuery.Everything, [], null, null), new(5), null, Token);

    /// <summary>A run of thirty, and one in which five of them are gone and ten are new.</summary>
    private static async Task<TemporaryStore> TwoRunsAsync()
    {
        var reports = SampleReports.Make(40);
        var store = await TemporaryStore.WithAsync([.. reports.Take(30)]);
        await store.RunAsync([.. reports.Skip(5)]);
        return store;
    }

    private static async Task<HashSet<string>> TextsAsync(TemporaryStore store, string q)
    {
        var page = await store.Store.Reader.FindAsync(QueryCompiler.Compile(q, "").Query!, new(1000), Token);
        return [.. page.Documents.Select(Text)];
    }

    private static string Text(ReadOnlyMemory<byte> document) => Encoding.UTF8.GetString(document.Span);
}
