using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store;
using UserReports.Store.DuckDb;

namespace UserReports.Bench.Queries;

/// <summary>How fast pages come from a store of many rows: one after the other, then eight clients at once.</summary>
internal static class PageBench
{
    private const int Runs = 100;
    private const int PageRows = 100;

    /// <summary>Each run asks for another value where there is one, so that no count is known from before.</summary>
    internal static readonly (string Name, Func<int, (string Q, string Ordering, long Offset)> Ask)[] Pages =
    [
        ("no filter", _ => ("", "", 0)),
        ("substring of username, hits 4 in 100", i => (Text($"username__icontains:{Word(i)}{i % 10}"), "", 0)),
        ("substring of username, hits few", i => (Text($"username__icontains:y{1000 + i}"), "", 0)),
        ("bare word", i => (Text($"{Word(i)}{Number(i)}"), "", 0)),
        ("exact e-mail", i => (Text($"email:{PlatformReports.Make(1 + (i * 997)).Account.Email}"), "", 0)),
        ("storage, wide", i => (Text($"service_usage__total_storage_bytes__gte:{1000 + i}"), "", 0)),
        (
            "storage, narrow",
            i => (Text($"service_usage__total_storage_bytes__gte:{26_000_000_000 + (i * 1000)}"), "", 0)
        ),
        ("balance", i => (Text($"service_usage__balances__submission__balance_percent__gte:{80 + i}"), "", 0)),
        ("inactive days", i => (Text($"activity__inactive_days__gte:{300 + i}"), "", 0)),
        ("a week's submissions", i => (Text($"activity__submissions_by_week__11__gt:{50 + i}"), "", 0)),
        (
            "limit's source",
            i => (i % 2 == 0 ? "limit_sources__storage_bytes:default" : "limit_sources__submission:plan", "", 0)
        ),
        ("nested list, status", i => ($"subscriptions[]__status:{Status(i)}", "", 0)),
        ("nested list, product", _ => ("subscriptions[]__items[]__price__product__name:Teams", "", 0)),
        ("free-form country", i => ($"extra_details__data__country:{Country(i)}", "", 0)),
        (
            "and, or, not",
            i =>
                (
                    Text(
                        $"is_active:true (organization__role:admin OR service_usage__balances__submission__balance_percent__gte:{90 + i}) NOT last_login__gte:2025-01-01"
                    ),
                    "",
                    0
                )
        ),
        ("order by storage", _ => ("", "-service_usage__total_storage_bytes", 0)),
        ("order by submissions", _ => ("", "-service_usage__total_submission_count__current_period", 0)),
        ("order by inactive days", _ => ("", "-activity__inactive_days", 0)),
        ("order by last sign-in", _ => ("", "-last_login", 0)),
        ("order by e-mail", _ => ("", "email", 0)),
        ("order by organisation name", _ => ("", "organization__name", 0)),
        ("offset 500 000", _ => ("", "", 500_000)),
    ];

    /// <summary>Fills the store in a folder, unless it holds as many reports already.</summary>
    public static async Task FillAsync(string folder, int accounts, CancellationToken cancellationToken)
    {
        await using var store = Open(folder);
        if (store.Reader.Snapshot?.Rows != accounts)
            await FillAsync(store, accounts, cancellationToken);
    }

    public static async Task RunAsync(string folder, int accounts, CancellationToken cancellationToken)
    {
        await FillAsync(folder, accounts, cancellationToken);
        await using var store = Open(folder);
        Console.WriteLine("| page | p50 ms | p95 ms | again p50 ms | again p95 ms |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var (name, ask) in Pages)
        {
            var same = Compile(ask(Runs), out long offset);
            await store.Reader.FindAsync(same, new(PageRows, offset), cancellationToken);
            var fresh = await TimesAsync(store, i => Compile(ask(i), out long _), offset, null, cancellationToken);
            var again = await TimesAsync(store, _ => same, offset, null, cancellationToken);
            Console.WriteLine($"| {name} | {fresh} | {again} |");
        }

        var half = await store.Reader.FindAsync(ReportQuery.Everything, new(PageRows, 500_000), cancellationToken);
        foreach (var (name, from) in new[] { ("cursor, first pages", null), ("cursor from row 500 000", half.Next) })
        {
            var walk = await WalkAsync(store, from, cancellationToken);
            Console.WriteLine($"| {name}, page after page | {walk} | | |");
        }

        await EightAtOnceAsync(store, cancellationToken);
    }

    internal static DuckDbStore Open(string folder) =>
        DuckDbStore.Open(
            new(Path.Combine(folder, "reports.duckdb")),
            TimeProvider.System,
            NullLogger<DuckDbStore>.Instance
        );

    /// <summary>Writes made-up reports as a refresh would.</summary>
    /// <returns>How long it took, without making them up.</returns>
    internal static async Task<TimeSpan> FillAsync(
        IReportStore store,
        int accounts,
        CancellationToken cancellationToken
    )
    {
        const int RangeRows = 50_000;
        var watch = Stopwatch.StartNew();
        var writing = new Stopwatch();
        List<(AccountRange Range, long Accounts)> ranges =
        [
            .. Enumerable
                .Range(0, (accounts + RangeRows - 1) / RangeRows)
                .Select(i =>
                    (
                        new AccountRange(1 + ((long)i * RangeRows), Math.Min(accounts, (i + 1L) * RangeRows)),
                        (long)RangeRows
                    )
                ),
        ];
        var run = await store.Runs.StartAsync(ranges, cancellationToken);
        for (var i = 0; i < ranges.Count; i++)
        {
            var claimed = (await store.Runs.ClaimAsync(run.Uid, "bench", 1, TimeSpan.FromHours(1), cancellationToken))[
                0
            ];
            List<Report> reports =
            [
                .. Enumerable
                    .Range(0, (int)(claimed.Range.LastId - claimed.Range.FirstId + 1))
                    .AsParallel()
                    .AsOrdered()
                    .Select(i => PlatformReports.Make(claimed.Range.FirstId + i)),
            ];
            writing.Start();
            using var batch = store.Writer.NewBatch();
            batch.Add(reports);
            batch.Finish();
            await store.Writer.CommitAsync(
                run.Uid,
                "bench",
                [new(claimed.Range, claimed.Accounts, batch, [])],
                cancellationToken
            );
            writing.Stop();
        }

        writing.Start();
        await store.Writer.CompleteAsync(run.Uid, "bench", cancellationToken);
        writing.Stop();
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{accounts} rows written in {watch.Elapsed.TotalSeconds:F0} s")
        );
        return writing.Elapsed;
    }

    private static async Task<string> TimesAsync(
        DuckDbStore store,
        Func<int, ReportQuery> query,
        long offset,
        PageKey? key,
        CancellationToken cancellationToken
    )
    {
        var times = new double[Runs];
        for (var i = 0; i < Runs; i++)
        {
            var asked = query(i);
            var start = Stopwatch.GetTimestamp();
            await store.Reader.FindAsync(asked, new(PageRows, offset, key), cancellationToken);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return Spell(times);
    }

    private static async Task<string> WalkAsync(DuckDbStore store, PageKey? from, CancellationToken cancellationToken)
    {
        var times = new double[Runs];
        var next = from;
        for (var i = 0; i < Runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var page = await store.Reader.FindAsync(ReportQuery.Everything, new(PageRows, 0, next), cancellationToken);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            next = page.Next;
        }

        return Spell(times);
    }

    private static string Spell(double[] times)
    {
        Array.Sort(times);
        return string.Create(CultureInfo.InvariantCulture, $"{times[Runs / 2]:F1} | {times[Runs * 95 / 100]:F1}");
    }

    private static async Task EightAtOnceAsync(DuckDbStore store, CancellationToken cancellationToken)
    {
        const int Clients = 8;
        const int PagesEach = 100;
        var before = Environment.WorkingSet;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(client =>
                    Task.Run(
                        async () =>
                        {
                            for (var i = 0; i < PagesEach; i++)
                            {
                                var (_, ask) = Pages[(i + client) % Pages.Length];
                                await store.Reader.FindAsync(
                                    Compile(ask(i + (client * PagesEach)), out long offset),
                                    new(PageRows, offset),
                                    cancellationToken
                                );
                            }
                        },
                        cancellationToken
                    )
                )
        );
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"8 clients: {Clients * PagesEach / seconds:F0} pages a second; memory {before >> 20} MiB before, {Environment.WorkingSet >> 20} MiB after"
            )
        );
    }

    internal static ReportQuery Compile((string Q, string Ordering, long Offset) page, out long offset)
    {
        offset = page.Offset;
        var result = QueryCompiler.Compile(page.Q, page.Ordering);
        return result.Query ?? throw new InvalidOperationException(result.Errors[0].Message);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Number(int i) => (100 + i).ToString(CultureInfo.InvariantCulture);

    private static string Word(int i) => PlatformReports.Make(i + 1).Account.FirstName;

    private static string Status(int i) =>
        (i % 3) switch
        {
            0 => "active",
            1 => "canceled",
            _ => "trialing",
        };

    private static string Country(int i) =>
        (i % 4) switch
        {
            0 => "KEN",
            1 => "JOR",
            2 => "BGD",
            _ => "BRA",
        };
}
