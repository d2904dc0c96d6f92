using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using UserReports.Bench.Queries;
using UserReports.Core.Query;
using UserReports.Store;
using UserReports.Store.DuckDb;
using UserReports.Store.History;

namespace UserReports.Bench.History;

/// <summary>
/// What a snapshot of a day costs, and how soon it answers, beside the present in the same run: so ratios hold where
/// the machine is busy.
/// </summary>
internal static class HistoryBench
{
    private const int PageRows = 100;

    /// <summary>Asked of both in turns, each time with another value where there is one.</summary>
    private static readonly (string Name, Func<int, string> Q, string Ordering)[] Questions =
    [
        ("first page", _ => "", ""),
        ("flag", i => $"is_staff:true OR asset_count:{Number(1_000_000 + i)}", ""),
        ("number, wide", i => $"service_usage__total_storage_bytes__gte:{Number(1000 + i)}", ""),
        ("number, narrow", i => $"service_usage__total_storage_bytes__gte:{Number(26_000_000_000 + (i * 1000L))}", ""),
        ("balance", i => $"service_usage__balances__submission__balance_percent__gte:{Number(80 + i)}", ""),
        ("substring, any case", i => $"username__icontains:y{Number(1000 + i)}", ""),
        (
            "substring, hits many",
            i => $"email__icontains:{PlatformReports.Make(i + 1).Account.FirstName}{Number(i % 10)}",
            ""
        ),
        ("bare word", i => $"{PlatformReports.Make(i + 1).Account.FirstName}{Number(100 + i)}", ""),
        ("list", i => $"subscriptions[]__status:{(i % 2 == 0 ? "active" : "canceled")}", ""),
        ("free-form country", i => $"extra_details__data__country:{(i % 2 == 0 ? "KEN" : "BRA")}", ""),
        ("order by a number", _ => "", "-service_usage__total_storage_bytes"),
        ("number, ordered", i => $"asset_count__gte:{Number(i)}", "-service_usage__total_storage_bytes"),
    ];

    /// <summary>The command that runs it.</summary>
    public static Command Create(Argument<string> folder, Option<int> accounts)
    {
        var times = new Option<int>("--times")
        {
            Description = "Times of each question.",
            DefaultValueFactory = _ => 40,
        };
        var command = new Command("history", "Keep a snapshot of a day, and time its pages beside the present's.")
        {
            folder,
            accounts,
            times,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    parsed.GetValue(folder)!,
                    parsed.GetValue(accounts),
                    parsed.GetValue(times),
                    Console.Out,
                    token
                )
        );
        return command;
    }

    private static async Task RunAsync(
        string folder,
        int accounts,
        int times,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        await PageBench.FillAsync(folder, accounts, cancellationToken);
        var history = Path.Combine(folder, "reports.history");
        if (Directory.Exists(history))
            Directory.Delete(history, recursive: true);
        await using var store = PageBench.Open(folder);
        // What pages are answered from is worked out before anything is timed.
        await store.Reader.FindAsync(ReportQuery.Everything, new(PageRows), cancellationToken);
        while (!store.IsIdle)
            await Task.Delay(20, cancellationToken);
        Keep(store, output, cancellationToken);
        var then = await store.History.AtAsync(DateTimeOffset.MaxValue, cancellationToken);
        var watch = Stopwatch.StartNew();
        await then.FindAsync(ReportQuery.Everything, new(1), cancellationToken);
        Say(output, $"opened, with every checksum of columns, in {watch.Elapsed.TotalMilliseconds:F0} ms");
        output.WriteLine("| question | now p50 ms | now p95 ms | then p50 ms | then p95 ms | times |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        var all = (Now: new List<double>(), Then: new List<double>());
        foreach (var (name, q, ordering) in Questions)
        {
            await PrintAsync(
                name,
                (reader, i) => reader.FindAsync(Compile(q(i), ordering), new(PageRows), cancellationToken)
            );
        }

        Print(output, "all pages", all.Now, all.Then);
        await PrintAsync(
            "one account",
            (reader, i) =>
                reader.FindAccountAsync(PlatformReports.Make(1 + (i * 997 % accounts)).Account.Uid!, cancellationToken)
        );
        await PrintAsync(
            "sum by role",
            (reader, i) =>
                reader.SummarizeAsync(
                    SummaryCompiler
                        .Compile(
                            $"asset_count__gte:{Number(i)}",
                            "organization__role",
                            "count,service_usage__total_storage_bytes__sum"
                        )
                        .Query!,
                    cancellationToken
                )
        );

        await CompareAsync(store, times, output, cancellationToken);

        async Task PrintAsync(string name, Func<IReportReader, int, Task> ask)
        {
            var (now, past) = (new List<double>(), new List<double>());
            for (var i = 0; i < times; i++)
            {
                foreach (var (reader, taken) in new[] { (store.Reader, now), (then, past) })
                {
                    var start = Stopwatch.GetTimestamp();
                    await ask(reader, i);
                    taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }

            all.Now.AddRange(now);
            all.Then.AddRange(past);
            Print(output, name, now, past);
        }
    }

    /// <summary>The day against the present, of which each row that is met is held against its own.</summary>
    private static async Task CompareAsync(
        DuckDbStore store,
        int times,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        output.WriteLine("| compared | p50 ms | p95 ms |");
        output.WriteLine("| --- | ---: | ---: |");
        foreach (var (name, q, ordering) in Questions)
        {
            List<double> taken = [];
            for (var i = 0; i < times; i++)
            {
                var query = Compile(q(i), ordering);
                var start = Stopwatch.GetTimestamp();
                await store.History.CompareAsync(
                    new(query, ComparedField.Of(query.Filter), DateTimeOffset.MaxValue, null),
                    new(PageRows),
                    null,
                    cancellationToken
                );
                taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            taken.Sort();
            Say(output, $"| {name} | {At(taken, 50):F1} | {At(taken, 95):F1} |");
        }
    }

    private static void Keep(DuckDbStore store, TextWriter output, CancellationToken cancellationToken)
    {
        var before = Environment.WorkingSet;
        var peak = before;
        using var timer = new Timer(_ => peak = Math.Max(peak, Environment.WorkingSet), null, 0, 50);
        var processor = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var kept = store.History.Keep(cancellationToken)!;
        var spent = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
        Say(
            output,
            $"{kept.Rows} rows kept in {watch.Elapsed.TotalSeconds:F1} s, {spent:F1} s of processor time: {kept.Bytes / 1e6:F1} MB, {kept.Bytes / 1e6 / kept.Rows * 1e6:F0} MB a million rows; memory {before >> 20} MiB before, {peak >> 20} MiB at the most"
        );
    }

    private static void Print(TextWriter output, string name, List<double> now, List<double> past)
    {
        var (one, other) = (now.Order().ToList(), past.Order().ToList());
        Say(
            output,
            $"| {name} | {At(one, 50):F1} | {At(one, 95):F1} | {At(other, 50):F1} | {At(other, 95):F1} | {At(other, 95) / At(one, 95):F1} |"
        );
    }

    private static double At(List<double> times, int percent) => times[(times.Count - 1) * percent / 100];

    private static ReportQuery Compile(string q, string ordering)
    {
        var result = QueryCompiler.Compile(q, ordering);
        return result.Query ?? throw new InvalidOperationException($"{q}: {result.Errors[0].Message}");
    }

    private static void Say(TextWriter output, FormattableString text) =>
        output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
