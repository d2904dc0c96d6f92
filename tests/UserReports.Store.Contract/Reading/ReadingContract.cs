using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.Contract.Reading;

/// <summary>What readers see, while nothing and while everything changes.</summary>
public abstract class ReadingContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    [Fact]
    public async Task Read_BeforeTheFirstRun_SaysThatThereIsNothing()
    {
        await using var store = await EmptyAsync();

        Assert.Null(store.Store.Reader.Snapshot);
        await Assert.ThrowsAsync<NoSnapshotException>(() =>
            store.Store.Reader.FindAsync(ReportQuery.Everything, new(1), Token)
        );
        await Assert.ThrowsAsync<NoSnapshotException>(() => store.Store.Reader.FindAccountAsync("u1", Token));
        var e = await Assert.ThrowsAsync<NoSnapshotException>(() =>
            store.Store.Reader.ExportAsync(ReportQuery.Everything, Token)
        );
        Assert.Equal("There is no completed refresh yet, so there is nothing to read.", e.Message);
    }

    [Fact]
    public async Task Question_OfEachKind_IsMeasured()
    {
        await using var store = await WithAsync(SampleReports.Make(5));
        var reader = store.Store.Reader;
        foreach (
            var ask in (Func<Task>[])
                [
                    () => reader.FindAsync(ReportQuery.Everything, new(1), Token),
                    () => reader.FindAccountAsync("u1", Token),
                    () => reader.SummarizeAsync(SummaryCompiler.Compile("", null, "count").Query!, Token),
                ]
        )
            Assert.InRange(await MeasuredAsync(ask), 1, int.MaxValue);
    }

    /// <summary>How many questions a piece of work asked of the store, whatever others ask meanwhile.</summary>
    private static async Task<int> MeasuredAsync(Func<Task> work)
    {
        var ended = 0;
        using var own = new System.Diagnostics.Activity("test").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == StoreMeter.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => _ = activity.TraceId == own.TraceId ? Interlocked.Increment(ref ended) : 0,
        };
        ActivitySource.AddActivityListener(listener);
        await work();
        return ended;
    }

    [Theory]
    [InlineData("-service_usage__total_storage_bytes")]
    [InlineData("last_login")]
    [InlineData("organization__name,-email")]
    public async Task Find_ByCursorBothWays_MeetsEveryRowOnceInTheSameOrder(string ordering)
    {
        await using var store = await WithAsync(SampleReports.Make(230));
        var query = QueryCompiler.Compile("", ordering).Query!;
        var all = Texts((await store.Store.Reader.FindAsync(query, new(1000), Token)).Documents);

        List<string> forward = [];
        var page = await store.Store.Reader.FindAsync(query, new(25), Token);
        Assert.Null(page.Previous);
        while (true)
        {
            forward.AddRange(Texts(page.Documents));
            if (page.Next is not { } next)
                break;
            page = await store.Store.Reader.FindAsync(query, new(25, Key: next), Token);
        }

        List<string> backward = [.. Texts(page.Documents)];
        while (page.Previous is { } previous)
        {
            page = await store.Store.Reader.FindAsync(query, new(25, Key: previous, Count: false), Token);
            Assert.Null(page.Count);
            backward.InsertRange(0, Texts(page.Documents));
        }

        Assert.Equal(all, forward);
        Assert.Equal(all, backward);
    }

    [Fact]
    public async Task Find_ByOffset_PagesAreSlicesOfTheWhole()
    {
        await using var store = await WithAsync(SampleReports.Make(55));
        var all = Texts((await store.Store.Reader.FindAsync(ReportQuery.Everything, new(1000), Token)).Documents);

        for (var offset = 0; offset < 70; offset += 10)
        {
            var page = await store.Store.Reader.FindAsync(ReportQuery.Everything, new(10, offset), Token);
            Assert.Equal(all.Skip(offset).Take(10), Texts(page.Documents));
            Assert.Equal(55, page.Count);
        }
    }

    [Fact]
    public async Task FindAccount_ReturnsItsRows_NoneForAnUnknownOne()
    {
        await using var store = await WithAsync(SampleReports.Make(20));
        var known = (await store.Store.Reader.FindAsync(ReportQuery.Everything, new(100), Token))
            .Documents.Select(d => JsonElement.Parse(d.Span))
            .First(d => d.GetProperty("user_uid").ValueKind == JsonValueKind.String);

        var found = await store.Store.Reader.FindAccountAsync(known.GetProperty("user_uid").GetString()!, Token);

        Assert.Equal(known.GetRawText(), Assert.Single(Texts(found)));
        Assert.Empty(await store.Store.Reader.FindAccountAsync("nobody", Token));
    }

    [Fact]
    public async Task Export_RunCompletesMeanwhile_KeepsTheSnapshotThatItBeganWith()
    {
        await using var store = await WithAsync(SampleReports.Make(1200));
        var query = QueryCompiler.Compile("", "-date_joined").Query!;
        var expected = Texts((await store.Store.Reader.FindAsync(query, new(2000), Token)).Documents);

        List<string> exported = [];
        await using (var export = await store.Store.Reader.ExportAsync(query, Token))
        {
            await store.RunAsync(SampleReports.Make(10, seed: 2));
            Assert.Equal(1200, export.Count);
            await foreach (var chunk in export.Chunks)
                exported.AddRange(Texts(chunk));
        }

        Assert.Equal(expected, exported);
        Assert.Equal(10, store.Store.Reader.Snapshot!.Rows);
    }

    [Fact]
    public async Task Find_DetailsHoldEscapesThatNoTextHas_AnswersAllTheSame()
    {
        await using var store = await WithAsync(
            SampleReports.Make(5, detailsOf: _ => """{"country":"\ud800","\udfff":"\u0000","name":"\u0000x"}""")
        );

        Assert.Equal(5, (await store.Store.Reader.FindAsync(ReportQuery.Everything, new(10), Token)).Documents.Count);
        foreach (var q in new[] { "extra_details__data__country:KEN", "extra_details__data__name:x" })
        {
            var query = QueryCompiler.Compile(q, "extra_details__data__name").Query!;
            Assert.InRange((await store.Store.Reader.FindAsync(query, new(10), Token)).Documents.Count, 0, 5);
        }
    }

    [Fact]
    public async Task Find_Cancelled_EndsAndLeavesTheStoreUsable()
    {
        await using var store = await WithAsync(SampleReports.Make(5));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            store.Store.Reader.FindAsync(ReportQuery.Everything, new(5), cancelled.Token)
        );

        Assert.Equal(5, (await store.Store.Reader.FindAsync(ReportQuery.Everything, new(5), Token)).Count);
    }

    [Fact]
    public async Task Find_WhileRunsAndReplacementsGoOn_SeesOneStateFromBeginningToEnd()
    {
        // Every state of the store has rows of one first name only, and as many as the name says.
        await using var store = await WithAsync(State(40));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var query = ReportQuery.Everything;
        var readers = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(async () =>
                {
                    var pages = 0;
                    while (!over.IsCancellationRequested)
                    {
                        var page = await store.Store.Reader.FindAsync(query, new(1000), Token);
                        var states = page
                            .Documents.Select(d =>
                                JsonElement.Parse(d.Span).GetProperty("username").GetString()!.Split('-')[0]
                            )
                            .Distinct();
                        var rows = int.Parse(Assert.Single(states), CultureInfo.InvariantCulture);
                        Assert.Equal((rows, rows, rows), (page.Count, page.Documents.Count, page.Snapshot.Rows));
                        pages++;
                        // An answer that was kept comes at once; the other readers are to have their turn.
                        await Task.Delay(1, Token);
                    }

                    return pages;
                })
            )
            .ToList();

        for (var i = 0; i < 12; i++)
        {
            await store.RunAsync(State(40 + i));
            var next = State(60 + i);
            await store.Store.Corrections.ReplaceAccountsAsync(
                [.. Enumerable.Range(1, 100).Select(id => (long)id)],
                next,
                Token
            );
        }

        await over.CancelAsync();
        Assert.All(await Task.WhenAll(readers), pages => Assert.True(pages > 0));
    }

    private static List<Report> State(int rows) =>
        [
            .. Enumerable
                .Range(1, rows)
                .Select(id =>
                    SampleReports.MakeOne(
                        new Random(id),
                        id,
                        string.Create(CultureInfo.InvariantCulture, $"{rows}-{id}")
                    )
                ),
        ];

    private static List<string> Texts(IEnumerable<ReadOnlyMemory<byte>> documents) =>
        [.. documents.Select(d => System.Text.Encoding.UTF8.GetString(d.Span))];
}
