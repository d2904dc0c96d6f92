using System.Collections.Concurrent;
using System.Globalization;
using DuckDB.NET.Data;
using UserReports.Bench.Queries;
using UserReports.Bench.Results;
using UserReports.Sources.Generating;

namespace UserReports.Bench.Serving;

/// <summary>
/// What one account can do to the others: eight of the dearest queries that are taken, without end, while another
/// account asks for somebody by name.
/// </summary>
internal static class StallBench
{
    private const int Times = 200;
    private const string OtherToken = "bench-token-of-another-account";
    private static readonly TimeSpan Begin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Each has other values every time, so that nothing is remembered.</summary>
    private static readonly (string Name, Func<int, string> Ask)[] Worst =
    [
        ("60 patterns", i => Q(Many(60, j => $"email__iregex:\"[a-m].{{0,60}}~{i}x{j}\"", " OR "))),
        ("a pattern of 4000 pieces", i => Q($"email__iregex:\"[a-m].{{0,999}}.{{0,999}}.{{0,999}}.{{0,900}}~{i}\"")),
        ("patterns in free-form", i => Q(Many(60, j => $"extra_details__data__k{j}__iregex:\"a{i}.*z\"", " OR "))),
        (
            "conditions in lists",
            i => Q(Many(16, j => $"(subscriptions[]__description:z{i}x{j} OR username:z{i}x{j})", " AND NOT "))
        ),
        ("200 substrings", i => Q(Many(200, j => $"email__icontains:z{i}x{j}", " OR "))),
        (
            "20 percentiles by two texts",
            i =>
                "summary/?group_by=username,email&metrics="
                + Many(20, j => $"service_usage__total_storage_bytes__p{60 + j}", ",")
                + "&q="
                + Uri.EscapeDataString($"NOT username:z{i}")
        ),
        (
            "a page behind 900 000 rows in another order",
            i => Q($"NOT username:z{i}") + "&start=900000&ordering=organization__name,-email,first_name,last_name"
        ),
        ("an export", i => $"export/?format=xlsx&ordering=-email&q={Uri.EscapeDataString($"NOT username:z{i}")}"),
    ];

    public static async Task RunAsync(string folder, int accounts, TextWriter output, CancellationToken token)
    {
        folder = Path.GetFullPath(folder);
        await PageBench.FillAsync(folder, accounts, token);
        await PrepareAsync(folder, token);
        await using var server = await ReportServer.StartAsync(
            new(Source(folder, "stall-platform"), Source(folder, "none"), Path.Combine(folder, "reports.duckdb")),
            token
        );
        using var other = server.ClientOf(OtherToken);
        output.WriteLine("| another account's question | p50, ms | p95, ms | the longest, ms |");
        output.WriteLine("| --- | ---: | ---: | ---: |");
        await AskAsync("a name, first of all", "username:admin", 0);
        await AskAsync("a name, nobody beside", "username:admin", 1_000);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(token);
        var answers = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var attack = Worst.Select(worst => AttackAsync(worst.Name, worst.Ask)).ToList();
        await Task.Delay(Begin, token);
        await AskAsync("a name, beside eight of the worst", "username:admin", 2_000);
        await AskAsync("a part of names, beside them", "username__icontains:admin", 3_000);
        await over.CancelAsync();
        await Task.WhenAll(attack);
        output.WriteLine();
        foreach (var (name, count) in answers.OrderBy(answer => answer.Key))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {count}"));

        async Task AskAsync(string name, string question, int from)
        {
            var times = new double[Times];
            for (var i = 0; i < Times; i++)
            {
                var start = System.Diagnostics.Stopwatch.GetTimestamp();
                using var answer = await other.GetAsync($"?limit=100&q={question}{from + i}", token);
                answer.EnsureSuccessStatusCode();
                await answer.Content.CopyToAsync(Stream.Null, token);
                times[i] = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                await Task.Delay(Pause, token);
            }

            var summary = Timing.Summary("stall", name, times, null);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {summary.Value:F1} | {summary.P95:F1} | {times[^1]:F1} |"
                )
            );
        }

        async Task AttackAsync(string name, Func<int, string> ask)
        {
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                var what = "no answer yet at the end";
                try
                {
                    using var answer = await server.Client.GetAsync(
                        ask(i),
                        HttpCompletionOption.ResponseHeadersRead,
                        over.Token
                    );
                    what = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
                    await answer.Content.CopyToAsync(Stream.Null, over.Token);
                }
                catch (OperationCanceledException)
                {
                    // Measured enough.
                }

                answers.AddOrUpdate($"{name}, {what}", 1, (_, count) => count + 1);
            }
        }
    }

    /// <summary>Two accounts that may read.</summary>
    private static async Task PrepareAsync(string folder, CancellationToken token)
    {
        if (File.Exists(Path.Combine(folder, "stall-platform.duckdb")))
            return;
        await SourceGenerator.GenerateAsync(
            Source(folder, "stall-platform"),
            Source(folder, "stall-usage"),
            new(100, TimeProvider.System.GetUtcNow()) { AdminToken = ReportServer.Token },
            null,
            token
        );
        using var connection = new DuckDBConnection(Source(folder, "stall-platform"));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            update auth_user set is_superuser = true, is_active = true where id = 2;
            delete from authtoken_token where user_id = 2;
            insert into authtoken_token (key, user_id, created) values ('{OtherToken}', 2, now());
            update hub_extrauserdetail set validated_password = true where user_id = 2;
            """;
        command.ExecuteNonQuery();
    }

    private static string Q(string q) => $"?limit=100&q={Uri.EscapeDataString(q)}";

    private static string Many(int count, Func<int, string> part, string separator) =>
        string.Join(separator, Enumerable.Range(0, count).Select(part));

    private static string Source(string folder, string name) => "Data Source=" + Path.Combine(folder, name + ".duckdb");
}
