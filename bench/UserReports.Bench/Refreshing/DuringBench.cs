using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using UserReports.Bench.Databases;
using UserReports.Bench.Queries;
using UserReports.Bench.Results;
using UserReports.Bench.Serving;

namespace UserReports.Bench.Refreshing;

/// <summary>What readers feel of a pass: pages over HTTP in peace, then while the same process refreshes.</summary>
internal static class DuringBench
{
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    public static async Task RunAsync(int accounts, TextWriter output, CancellationToken cancellationToken)
    {
        var databases = await BenchDatabases.CreateAsync(cancellationToken);
        await databases.FillAsync(accounts, cancellationToken);
        var email = await databases.SomeEmailAsync(cancellationToken);
        var places = databases.WithStore(BenchFolder.Empty("during"));
        await RefreshProcess.RunAsync(places, cancellationToken);
        await using var server = await ReportServer.StartAsync(places, cancellationToken);
        var asker = new Asker(server, email, accounts);
        await asker.AskAsync(Task.Delay(Warm, cancellationToken), cancellationToken);
        var quiet = await asker.AskAsync(Task.Delay(Quiet, cancellationToken), cancellationToken);
        var watch = Stopwatch.StartNew();
        var during = await asker.AskAsync(RefreshAsync(server, cancellationToken), cancellationToken);
        var seconds = watch.Elapsed.TotalSeconds;

        output.WriteLine("| pages over HTTP, one client | pages | p50, ms | p95, ms |");
        output.WriteLine("| --- | ---: | ---: | ---: |");
        Print("in peace", quiet);
        Print("during a pass", during);
        output.WriteLine();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The pass over {accounts:N0} accounts took {seconds:F1} s; p95 is {during.P95 / quiet.P95:F2} times, "
                    + $"p50 {during.Value / quiet.Value:F2} times."
            )
        );

        void Print(string name, Measurement pages) =>
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {pages.Rows} | {pages.Value:F1} | {pages.P95:F1} |"
                )
            );
    }

    /// <summary>Starts a pass and waits until it is completed.</summary>
    private static async Task RefreshAsync(ReportServer server, CancellationToken cancellationToken)
    {
        using var started = await server.Client.PostAsync("runs/", null, cancellationToken);
        started.EnsureSuccessStatusCode();
        var uid = (await ReadAsync(started)).GetProperty("uid").GetString();
        while (true)
        {
            using var answer = await server.Client.GetAsync($"runs/{uid}/", cancellationToken);
            var run = await ReadAsync(answer);
            if (run.GetProperty("status").GetString() == "completed")
                return;
            if (run.GetProperty("last_error").GetString() is { } error)
                throw new InvalidOperationException($"The pass failed: {error}");
            await Task.Delay(LookEvery, cancellationToken);
        }

        async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
        {
            answer.EnsureSuccessStatusCode();
            using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            return document.RootElement.Clone();
        }
    }

    /// <summary>One client that asks every question in turn, never the same twice.</summary>
    private sealed class Asker(ReportServer server, string email, long accounts)
    {
        private static readonly Question[] Questions = [.. Question.All.Where(question => !question.ByCursor)];
        private int asked;

        /// <summary>Asks until something is over.</summary>
        public async Task<Measurement> AskAsync(Task over, CancellationToken cancellationToken)
        {
            var times = new List<double>();
            while (!over.IsCompleted || times.Count == 0)
            {
                var question = Questions[asked % Questions.Length];
                var parameters = question.Parameters(accounts, asked++, email);
                var start = Stopwatch.GetTimestamp();
                await server.AskAsync(parameters, cancellationToken);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            await over;
            return Timing.Summary("during", "pages", [.. times], times.Count);
        }
    }
}
