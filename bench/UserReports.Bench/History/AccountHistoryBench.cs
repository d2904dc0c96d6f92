using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using UserReports.Bench.Queries;
using UserReports.Core.Query;

namespace UserReports.Bench.History;

/// <summary>
/// What one account's year costs: a snapshot is put under the days that the usual setting keeps, 35 of them, 12 weeks
/// and 24 months, and one account after the other is looked for in all of them.
/// </summary>
internal static class AccountHistoryBench
{
    private const int Days = 35 + 12 + 24;

    /// <summary>The command that runs it.</summary>
    public static Command Create(Argument<string> folder, Option<int> accounts)
    {
        var times = new Option<int>("--times") { Description = "Accounts.", DefaultValueFactory = _ => 100 };
        var command = new Command("history-account", "Time one account in the snapshots of two years.")
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
        DateOnly kept;
        await using (var store = PageBench.Open(folder))
        {
            await store.Reader.FindAsync(ReportQuery.Everything, new(1), cancellationToken);
            store.History.Keep(cancellationToken);
            kept = (await store.History.ListAsync(cancellationToken))[0].Day;
        }

        List<string> links = [];
        try
        {
            var whole = Path.Combine(folder, "reports.history", Name(kept));
            for (var i = 1; i < Days; i++)
            {
                links.Add(Path.Combine(folder, "reports.history", Name(kept.AddDays(-i))));
                File.CreateSymbolicLink(links[^1], Path.GetFullPath(whole));
            }

            await using var store = PageBench.Open(folder);
            var before = Environment.WorkingSet;
            List<double> taken = [];
            for (var i = 0; i < times; i++)
            {
                var start = Stopwatch.GetTimestamp();
                var found = await store.History.FindAccountAsync(
                    1 + (i * 7919L % accounts),
                    kept.AddDays(-Days),
                    kept,
                    null,
                    cancellationToken
                );
                taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (found.Count != Days || found[0].Documents.Count == 0)
                    throw new InvalidOperationException("The account was not found in each of the days.");
            }

            var first = taken[0];
            taken.Sort();
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Days} days: the first {first:F0} ms, p50 {taken[times / 2]:F0}, p95 {taken[(times - 1) * 95 / 100]:F0}, most {taken[^1]:F0}; memory {before >> 20} MiB before, {Environment.WorkingSet >> 20} after"
                )
            );
        }
        finally
        {
            foreach (var link in links)
                File.Delete(link);
        }

        static string Name(DateOnly day) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.1.parquet"
            );
    }
}
