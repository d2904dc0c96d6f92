using System.Collections.Concurrent;
using System.Text.Json;
using UserReports.Bench.Serving;

namespace UserReports.Bench.Following;

/// <summary>Asks the list for committed changes until they show.</summary>
internal sealed class ChangesSeen(ReportServer server, CancellationToken cancellationToken)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentBag<Task<(string Kind, double Seconds)>> waiting = [];

    /// <summary>Waits for one change, beside all others.</summary>
    public void Await(SeenChange change) => waiting.Add(AwaitAsync(change));

    /// <summary>How many seconds each took from its commit; infinite for those that never showed.</summary>
    public async Task<IReadOnlyList<(string Kind, double Seconds)>> AllAsync()
    {
        List<(string, double)> all = [];
        while (waiting.TryTake(out var task))
            all.Add(await task);
        return all;
    }

    private async Task<(string Kind, double Seconds)> AwaitAsync(SeenChange change)
    {
        var parameters = $"limit=1&q={Uri.EscapeDataString(change.Q)}";
        while (true)
        {
            using (var answer = await server.Client.GetAsync("?" + parameters, cancellationToken))
            {
                var took = TimeProvider.System.GetElapsedTime(change.CommittedAt);
                var text = await answer.Content.ReadAsStringAsync(cancellationToken);
                if (!answer.IsSuccessStatusCode)
                    throw new InvalidOperationException($"{change.Q}: {text}");
                using var page = JsonDocument.Parse(text);
                if (page.RootElement.GetProperty("results").GetArrayLength() > 0)
                    return (change.Kind, took.TotalSeconds);
                if (took > Patience)
                    return (change.Kind, double.PositiveInfinity);
            }

            await Task.Delay(AskEvery, cancellationToken);
        }
    }
}
