using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using UserReports.Feed.Ledger;
using UserReports.Workspace;
using UserReports.Workspace.Views;

namespace UserReports.Bench.Nodes;

/// <summary>
/// Asks several nodes through their proxy while bench/nodes ends one after the other, and holds every answer against
/// the known one. What fails must have failed while something was away; what is answered must be right.
/// </summary>
/// <param name="token">Of a superuser.</param>
/// <param name="outagesFile">Lines of what was away: from, until (milliseconds since 1970), what.</param>
internal sealed class NodesLoad(Uri proxy, string token, KnownAnswers known, string workspace, string outagesFile)
    : IDisposable
{
    private const int Clients = 6;
    private const int ViewsOfOwner = 100;
    private const string Root = "api/v2/user-reports/";

    /// <summary>What was in flight, and what waits for leases and connections, ends so long after an outage.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient client = new() { BaseAddress = proxy, Timeout = TimeSpan.FromSeconds(30) };
    private readonly ConcurrentQueue<(DateTimeOffset At, string What)> failures = [];
    private readonly ConcurrentQueue<string> wrong = [];
    private long answered;

    /// <summary>Asks for so long, and tells what came of it.</summary>
    /// <returns>0 if all was as it must be.</returns>
    public async Task<int> RunAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Token {token}");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(length);
        var saving = SaveViewsAsync(over.Token);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => AskAsync(new(i), over.Token)));
        var saved = await saving;
        cancellationToken.ThrowIfCancellationRequested();

        // All is back by now, or comes back soon.
        var lost = await LostViewsAsync(saved, cancellationToken);
        var faults = await FaultsOfRunsAsync(cancellationToken);
        var outages = ReadOutages();
        var unexplained = failures.Where(failure =>
            !outages.Any(o => failure.At >= o.From && failure.At <= o.Until + Aftermath)
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{answered} right answers, {wrong.Count} wrong, {failures.Count} failed requests ({string.Join(", ", failures.GroupBy(failure => failure.What).OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} {group.Key}"))}), {unexplained.Count()} of them while nothing was away; {saved.Count} views saved, {lost} lost; {faults.Told}"
            )
        );
        foreach (var outage in File.ReadLines(outagesFile).Select(line => line.Split(' ')))
            Console.WriteLine(
                $"  {Instant(outage[0]):HH:mm:ss.fff} to {Instant(outage[1]):HH:mm:ss.fff}: {outage[2]} away"
            );
        foreach (var failure in unexplained.Take(10))
            Console.WriteLine($"  {failure.At:O} {failure.What}");
        foreach (var fault in wrong.Take(10).Concat(faults.Faults))
            Console.WriteLine($"  {fault}");
        return wrong.IsEmpty && lost == 0 && faults.Faults.Count == 0 && !unexplained.Any() ? 0 : 1;
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task AskAsync(Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            string? failed = null;
            var question = known.All[random.Next(known.All.Count)];
            try
            {
                using var answer = await client.GetAsync(Root + question.Parameters, cancellationToken);
                var body = await answer.Content.ReadAsStringAsync(cancellationToken);
                if (!answer.IsSuccessStatusCode)
                    failed = $"{(int)answer.StatusCode}: {CodeOf(body)}";
                else if (question.FaultOf(body) is { } fault)
                    wrong.Enqueue(fault);
                else
                    Interlocked.Increment(ref answered);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                failed = "broken off";
            }

            if (failed is not null && !await FailAsync(failed, cancellationToken))
                return;
        }
    }

    /// <summary>As people do, it waits a moment; false if that is the end.</summary>
    private async Task<bool> FailAsync(string what, CancellationToken cancellationToken)
    {
        failures.Enqueue((TimeProvider.System.GetUtcNow(), what));
        await Task.Delay(PauseAfterFailure, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }

    private static string CodeOf(string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.GetProperty("code").GetString()!;
        }
        catch (JsonException)
        {
            return "no problem details";
        }
    }

    /// <summary>As the explorer of some node would: what was said to be saved must be there at the end.</summary>
    private async Task<IReadOnlyList<string>> SaveViewsAsync(CancellationToken cancellationToken)
    {
        List<string> saved = [];
        await using var database = new WorkspaceDatabase(workspace, TimeProvider.System);
        var views = new SavedViews(database, TimeProvider.System);
        try
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    var fault = await views.SaveAsync(OwnerOf(i), "soak", NameOf(i), "/?q=", false, cancellationToken);
                    if (fault is null)
                        saved.Add(NameOf(i));
                }
                catch (LedgerException)
                {
                    // Said so, so nobody believes that it was saved.
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return saved;
        }
    }

    private async Task<int> LostViewsAsync(IReadOnlyList<string> saved, CancellationToken cancellationToken)
    {
        await using var database = new WorkspaceDatabase(workspace, TimeProvider.System);
        var views = new SavedViews(database, TimeProvider.System);
        HashSet<string> there = [];
        for (var i = 0; i <= saved.Count + ViewsOfOwner; i += ViewsOfOwner)
            there.UnionWith((await views.OfAsync(OwnerOf(i), cancellationToken)).Select(view => view.Name));
        return saved.Count(name => !there.Contains(name));
    }

    private static long OwnerOf(int view) => 1_000_000 + (view / ViewsOfOwner);

    private static string NameOf(int view) => string.Create(CultureInfo.InvariantCulture, $"view {view}");

    /// <summary>A range that was counted twice shows in the figures of its run, and its rows in an export.</summary>
    private async Task<(string Told, IReadOnlyList<string> Faults)> FaultsOfRunsAsync(
        CancellationToken cancellationToken
    )
    {
        List<string> faults = [];
        using var runs = JsonDocument.Parse(await client.GetStringAsync(Root + "runs/?limit=1000", cancellationToken));
        var (completed, nodes) = (0, runs.RootElement.GetProperty("nodes").GetArrayLength());
        foreach (var run in runs.RootElement.GetProperty("results").EnumerateArray())
        {
            if (run.GetProperty("status").GetString() != "completed")
                continue;
            completed++;
            var (done, total) = (Of(run, "accounts_done"), Of(run, "accounts_total"));
            var (rangesDone, rangesTotal) = (Of(run, "ranges_done"), Of(run, "ranges_total"));
            if (done != total || rangesDone != rangesTotal || Of(run, "rows_written") != known.Rows)
                faults.Add(
                    $"a run has {done} of {total} accounts, {rangesDone} of {rangesTotal} ranges, {Of(run, "rows_written")} rows"
                );
        }

        var rows = (await client.GetStringAsync(Root + "export/?format=ndjson", cancellationToken)).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        if (known.FaultOfRows(rows) is { } fault)
            faults.Add($"the export has {fault}");
        return ($"{completed} runs completed on {nodes} nodes, each range once; {rows.Length} rows exported", faults);

        static long Of(JsonElement run, string name) => run.GetProperty(name).GetInt64();
    }

    private List<(DateTimeOffset From, DateTimeOffset Until)> ReadOutages() =>
        [
            .. File.ReadLines(outagesFile)
                .Select(line => line.Split(' '))
                .Select(parts => (Instant(parts[0]), Instant(parts[1]))),
        ];

    private static DateTimeOffset Instant(string milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
}
