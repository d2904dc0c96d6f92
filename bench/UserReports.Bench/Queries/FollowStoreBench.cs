using System.Diagnostics;
using System.Globalization;
using UserReports.Bench.Results;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store;
using UserReports.Store.DuckDb;

namespace UserReports.Bench.Queries;

/// <summary>
/// What changes of accounts cost the store, and what pages beside them do: in peace, at 50 and at 200 changed
/// accounts a
/// second, and right after a run. Everything is measured in one process, so ratios hold where the machine is busy.
/// </summary>
internal static class FollowStoreBench
{
    private const int PageRows = 100;
    private const int Replacements = 30;

    /// <summary>Asked in turns; each time with another value where there is one.</summary>
    private static readonly string[] Beside =
    [
        "no filter",
        "order by storage",
        "order by last sign-in",
        "order by e-mail",
        "offset 500 000",
        "substring of username, hits few",
        "storage, wide",
        "free-form country",
        "and, or, not",
    ];

    public static async Task RunAsync(
        string folder,
        int accounts,
        int seconds,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        await PageBench.FillAsync(folder, accounts, cancellationToken);
        await using var store = PageBench.Open(folder);
        await WarmUpAsync(store, cancellationToken);
        output.WriteLine($"{accounts} accounts; {Memory()}; {Size(folder)}");
        output.WriteLine("| what | when | p50 ms | p95 ms | times | processor ms each |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: | ---: |");
        var edition = 1;
        await MeasureAsync(store, "peace", accounts, seconds, output, cancellationToken);
        foreach (var many in new[] { 50, 200 })
        {
            await ReplaceAsync(store, accounts, many, edition++, output, cancellationToken);
        }

        foreach (var rate in new[] { 50, 200 })
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var when = string.Create(CultureInfo.InvariantCulture, $"{rate} a second");
            var changing = ChangeAsync(store, accounts, rate, edition++, over.Token);
            await MeasureAsync(store, when, accounts, seconds, output, cancellationToken);
            await over.CancelAsync();
            Print(output, $"replacing {rate}", when, await changing, null);
        }

        output.WriteLine($"{store.Reader.Snapshot!.Changed} rows changed; {Memory()}; {Size(folder)}");
        await PageBench.FillAsync(store, accounts, cancellationToken);
        await WalkAsync(store, output, cancellationToken);
        output.WriteLine($"{Memory()}; {Size(folder)}");
    }

    /// <summary>Until everything is worked out that is asked for a second time.</summary>
    private static async Task WarmUpAsync(DuckDbStore store, CancellationToken cancellationToken)
    {
        for (var round = 0; round < 4; round++)
        {
            foreach (var (_, ask) in PageBench.Pages)
            {
                var query = PageBench.Compile(ask(700 + round), out long offset);
                await store.Reader.FindAsync(query, new(PageRows, offset), cancellationToken);
            }

            while (!store.IsIdle)
                await Task.Delay(20, cancellationToken);
        }
    }

    private static async Task MeasureAsync(
        DuckDbStore store,
        string when,
        int accounts,
        int seconds,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        var asked = PageBench.Pages.Where(page => Beside.Contains(page.Name)).ToList();
        var times = new Dictionary<string, List<double>>();
        var random = new Random(7);
        PageKey? key = null;
        var watch = Stopwatch.StartNew();
        for (var i = 0; watch.Elapsed.TotalSeconds < seconds; i++)
        {
            foreach (var (name, ask) in asked)
            {
                var fresh = PageBench.Compile(ask(random.Next(1_000_000)), out long offset);
                await TimeAsync(name, () => store.Reader.FindAsync(fresh, new(PageRows, offset), cancellationToken));
                var same = PageBench.Compile(ask(i / 20), out _);
                if (same.Filter is not null)
                    await TimeAsync(
                        name + ", asked before",
                        () => store.Reader.FindAsync(same, new(PageRows, offset), cancellationToken)
                    );
            }

            await TimeAsync(
                "cursor, page after page",
                async () =>
                {
                    var page = await store.Reader.FindAsync(
                        ReportQuery.Everything,
                        new(PageRows, 0, key),
                        cancellationToken
                    );
                    key = page.Next;
                }
            );
            for (var j = 0; j < 5; j++)
            {
                var account = PlatformReports.Make(1 + random.Next(accounts));
                foreach (
                    var (name, q) in new[]
                    {
                        ("exact e-mail", $"email:{account.Account.Email}"),
                        ("exact username", $"username:{account.Account.Username}"),
                        ("exact user_uid", $"user_uid:{account.Account.Uid}"),
                        ("exact organisation uid", $"organization__uid:{account.Organization?.Uid ?? "none"}"),
                        ("exact e-mail and another", $"email:{account.Account.Email} is_active:true"),
                    }
                )
                {
                    var query = QueryCompiler.Compile(q, "").Query!;
                    await TimeAsync(name, () => store.Reader.FindAsync(query, new(PageRows), cancellationToken));
                }

                await TimeAsync(
                    "one account",
                    () => store.Reader.FindAccountAsync(account.Account.Uid!, cancellationToken)
                );
            }
        }

        foreach (var (name, taken) in times)
            Print(output, name, when, taken, null);

        async Task TimeAsync(string name, Func<Task> ask)
        {
            var start = Stopwatch.GetTimestamp();
            await ask();
            if (!times.TryGetValue(name, out var taken))
                times[name] = taken = [];
            taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static async Task ReplaceAsync(
        DuckDbStore store,
        int accounts,
        int many,
        int edition,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        List<double> times = [];
        var processor = TimeSpan.Zero;
        var random = new Random(edition);
        for (var i = 0; i < Replacements; i++)
        {
            var (ids, reports) = Some(random, accounts, many, edition);
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            var start = Stopwatch.GetTimestamp();
            await store.Corrections.ReplaceAccountsAsync(ids, reports, cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            processor += Process.GetCurrentProcess().TotalProcessorTime - before;
        }

        Print(output, $"replacing {many}", "nobody reads", times, processor.TotalMilliseconds / Replacements);
    }

    private static async Task<List<double>> ChangeAsync(
        DuckDbStore store,
        int accounts,
        int many,
        int edition,
        CancellationToken cancellationToken
    )
    {
        List<double> times = [];
        var random = new Random(edition);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var (ids, reports) = Some(random, accounts, many, edition);
                var start = Stopwatch.GetTimestamp();
                await store.Corrections.ReplaceAccountsAsync(ids, reports, CancellationToken.None);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough was measured.
        }

        return times;
    }

    /// <summary>A tenth of the changes are of a few busy accounts.</summary>
    private static (long[] Ids, List<Report> Reports) Some(Random random, int accounts, int many, int edition)
    {
        long[] ids =
        [
            .. Enumerable
                .Range(0, many)
                .Select(i => 1L + (i % 10 == 0 ? random.Next(100) : random.Next(accounts)))
                .Distinct(),
        ];
        return (ids, [.. ids.Select(id => PlatformReports.Make(id, edition))]);
    }

    private static async Task WalkAsync(DuckDbStore store, TextWriter output, CancellationToken cancellationToken)
    {
        foreach (var ordering in new[] { "", "-service_usage__total_storage_bytes", "-date_joined" })
        {
            var query = QueryCompiler.Compile("", ordering).Query!;
            List<double> times = [];
            PageKey? key = null;
            for (var i = 0; i < 110; i++)
            {
                var start = Stopwatch.GetTimestamp();
                key = (await store.Reader.FindAsync(query, new(PageRows, 0, key), cancellationToken)).Next;
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            var name = ordering.Length == 0 ? "walk by username" : $"walk by {ordering}";
            Print(output, name + ", first ten pages", "after a run", times[..10], null);
            Print(output, name + ", the next hundred", "after a run", times[10..], null);
        }
    }

    private static void Print(TextWriter output, string what, string when, List<double> times, double? processor)
    {
        var found = Timing.Summary("", what, [.. times], null);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {when} | {found.Value:F2} | {found.P95:F2} | {times.Count} | {processor:F1} |"
            )
        );
    }

    private static string Memory() =>
        string.Create(CultureInfo.InvariantCulture, $"memory {Environment.WorkingSet >> 20} MiB");

    private static string Size(string folder) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"store {new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length) >> 20} MiB"
        );
}
