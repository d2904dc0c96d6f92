using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Query;
using UserReports.Store.DuckDb;

namespace UserReports.Bench.Queries;

/// <summary>
/// Processor time per row of each kind of condition, order and figure: what the store's estimate of a query is made of.
/// </summary>
/// <remarks>Every question is asked with values that no row has, and never twice.</remarks>
internal static class ConditionCosts
{
    private const int Runs = 3;

    private static readonly (string Name, Func<int, string> Q, string Ordering, long Offset)[] Pages =
    [
        ("no condition, a page by its order", _ => "", "email", 0),
        ("exact text", i => $"username:mm{i}", "", 0),
        ("100 texts in a list", i => $"email__in:{Many(100, j => $"z{i}x{j}@z", ",")}", "", 0),
        ("number", i => $"service_usage__total_storage_bytes__lt:-{i + 1}", "", 0),
        ("instant", i => $"date_joined__lt:1970-01-{i + 1:D2}", "", 0),
        ("month of an instant", i => $"date_joined__month:1 date_joined__day:31 date_joined__year:{1900 + i}", "", 0),
        ("substring of an instant", i => $"date_joined__contains:x{i}", "", 0),
        ("substring", i => $"username__contains:mm{i}", "", 0),
        ("substring, any case", i => $"username__icontains:mm{i}", "", 0),
        ("20 substrings, any case", i => Many(20, j => $"email__icontains:z{i}x{j}", " OR "), "", 0),
        ("folded where no folded column is", i => $"user_uid__icontains:mm{i}", "", 0),
        ("pattern of 4 pieces", i => $"username__regex:\"mm{i}\"", "", 0),
        ("pattern of 4 pieces, any case", i => $"username__iregex:\"mm{i}\"", "", 0),
        ("pattern of 40 pieces", i => $"username__regex:\"[a-m].{{38}}~{i}\"", "", 0),
        ("pattern of 400 pieces", i => $"username__regex:\"[a-m].{{0,398}}~{i}\"", "", 0),
        ("pattern of 4000 pieces", i => $"username__regex:\"([a-m].){{0,600}}(.[a-z]){{0,600}}~{i}\"", "", 0),
        (
            "pattern of 4000 pieces, in e-mails",
            i => $"email__iregex:\"[a-m].{{0,999}}.{{0,999}}.{{0,999}}.{{0,990}}~{i}\"",
            "",
            0
        ),
        ("pattern of 4000 pieces, repeated", i => $"email__iregex:\"(([a-y]|.)?(.|[b-z])?){{300}}~{i}\"", "", 0),
        ("pattern of 1000 choices", i => $"email__regex:\"{Many(330, j => $"z{i}{j}", "|")}\"", "", 0),
        ("pattern of groups of Unicode", i => $"email__iregex:\"(\\pL|\\pN){{18}}~{i}\"", "", 0),
        ("known free-form key, exact", i => $"extra_details__data__country:mm{i}", "", 0),
        ("free-form key, exact", i => $"extra_details__data__zz:mm{i}", "", 0),
        ("free-form key, number", i => $"extra_details__data__zz:{i}", "", 0),
        ("free-form key, substring, any case", i => $"extra_details__data__zz__icontains:mm{i}", "", 0),
        ("free-form key, pattern", i => $"extra_details__data__zz__iregex:mm{i}", "", 0),
        ("free-form name, pattern", i => $"extra_details__data__name__iregex:mm{i}", "", 0),
        ("20 free-form keys", i => Many(20, j => $"extra_details__data__z{j}__contains:z{i}", " OR "), "", 0),
        ("list within free-form", i => $"extra_details__data__zz[]:mm{i}", "", 0),
        ("list, collected value", i => $"subscriptions[]__status:mm{i}", "", 0),
        ("list, 3 collected values", i => $"subscriptions[]__id__in:a{i},b{i},c{i}", "", 0),
        ("list, 100 collected values", i => $"subscriptions[]__id__in:{Many(100, j => $"z{i}x{j}", ",")}", "", 0),
        ("list, other value", i => $"subscriptions[]__collection_method:mm{i}", "", 0),
        ("list, 20 other values", i => Many(20, j => $"subscriptions[]__items[]__quantity:{-i - j}", " OR "), "", 0),
        ("list, pattern", i => $"subscriptions[]__status__regex:mm{i}", "", 0),
        ("order by two texts", _ => "", "organization__name,-email,first_name", 0),
        ("order by a free-form key", _ => "", "extra_details__data__zz", 0),
        ("order by a value in a list", _ => "", "subscriptions__0__current_period_end", 0),
        ("half-way down of nearly all", i => $"NOT username:mm{i}", "email", 500_000),
        ("half-way down by three texts", i => $"NOT username:mm{i}", "organization__name,-email,first_name", 500_000),
    ];

    private static readonly (string Name, string GroupBy, string Metrics)[] Summaries =
    [
        ("one figure", "", "service_usage__total_storage_bytes__sum"),
        ("20 percentiles", "", Many(20, j => $"service_usage__total_storage_bytes__p{70 + j}", ",")),
        ("by role", "organization__role", "count"),
        ("by username", "username", "count"),
        ("by username and e-mail", "username,email", "count"),
        ("by a free-form key", "extra_details__data__zz", "count"),
        ("by the values of a list", "subscriptions[]__status", "count"),
        (
            "by username, 20 percentiles",
            "username",
            Many(20, j => $"service_usage__total_storage_bytes__p{70 + j}", ",")
        ),
    ];

    public static async Task RunAsync(string folder, int accounts, TextWriter output, CancellationToken token)
    {
        await PageBench.FillAsync(folder, accounts, token);
        await using var store = DuckDbStore.Open(
            new(Path.Combine(folder, "reports.duckdb")),
            TimeProvider.System,
            NullLogger<DuckDbStore>.Instance
        );
        output.WriteLine("| question | processor time a row, ns | time, ms |");
        output.WriteLine("| --- | ---: | ---: |");
        foreach (var (name, q, ordering, offset) in Pages)
        {
            await PrintAsync(
                name,
                i => store.Reader.FindAsync(Compile(q(i), ordering), new(1 + i, offset, Count: false), token)
            );
        }

        foreach (var (name, groupBy, metrics) in Summaries)
        {
            await PrintAsync(
                $"figures: {name}",
                i =>
                    store.Reader.SummarizeAsync(
                        SummaryCompiler.Compile($"NOT username:mm{i}", groupBy, metrics).Query!,
                        token
                    )
            );
        }

        async Task PrintAsync(string name, Func<int, Task> ask)
        {
            await ask(0);
            var (least, shortest) = (double.MaxValue, double.MaxValue);
            for (var i = 1; i <= Runs; i++)
            {
                var before = Environment.CpuUsage.TotalTime;
                var start = System.Diagnostics.Stopwatch.GetTimestamp();
                await ask(i);
                shortest = Math.Min(shortest, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                least = Math.Min(least, (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / accounts);
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {least:F0} | {shortest:F0} |"));
        }
    }

    private static ReportQuery Compile(string q, string ordering)
    {
        var result = QueryCompiler.Compile(q, ordering);
        return result.Query ?? throw new InvalidOperationException($"{q}: {result.Errors[0].Message}");
    }

    private static string Many(int count, Func<int, string> part, string separator) =>
        string.Join(separator, Enumerable.Range(0, count).Select(part));
}
