using System.Diagnostics;
using UserReports.Bench.Results;
using UserReports.Store;

namespace UserReports.Bench.Queries;

/// <summary>
/// Asks the store every question: alone, with the exact count and without, never the same twice and always the same;
/// then with eight clients at once.
/// </summary>
/// <param name="email">An address that exists.</param>
/// <param name="runs">Timed rounds of each.</param>
public sealed class QueryBench(IReportReader reader, string email, int runs)
{
    private const int Clients = 8;
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(10);
    private int asked;

    public async Task<IReadOnlyList<Measurement>> RunAsync(CancellationToken cancellationToken)
    {
        var measurements = new List<Measurement>();
        foreach (var question in Question.All)
        {
            var anew = Client(question);
            var same = Client(question, same: true);
            measurements.Add(await TimeAsync("query", anew, count: true));
            measurements.Add(await TimeAsync("query, no count", anew, count: false));
            measurements.Add(await TimeAsync("query, the same again", same, count: true));
        }

        measurements.AddRange(await LoadAsync(cancellationToken));
        return measurements;

        Task<Measurement> TimeAsync(string topic, Asking asking, bool count) =>
            Timing.OfAsync(
                topic,
                asking.Question.Name,
                runs,
                async token =>
                {
                    var page = await asking.AskAsync(count, token);
                    return page.Count ?? page.Documents.Count;
                },
                cancellationToken
            );
    }

    /// <summary>All questions in turn by one client, as one figure.</summary>
    public async Task<Measurement> TogetherAsync(CancellationToken cancellationToken)
    {
        var times = new List<double>();
        Asking[] questions = [.. Question.All.Select(question => Client(question))];
        for (var i = -1; i < runs; i++)
        {
            foreach (var question in questions)
            {
                var start = Stopwatch.GetTimestamp();
                await question.AskAsync(count: true, cancellationToken);
                if (i >= 0)
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return Timing.Summary("query", "all questions in turn", [.. times], null);
    }

    /// <summary>Eight clients take the questions in turn, with counts, for some seconds.</summary>
    private async Task<IReadOnlyList<Measurement>> LoadAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(client =>
                    Task.Run(
                        async () =>
                        {
                            var own = new List<double>();
                            Asking[] questions = [.. Question.All.Select(question => Client(question))];
                            for (var i = client; Stopwatch.GetElapsedTime(start) < Load; i++)
                            {
                                var begun = Stopwatch.GetTimestamp();
                                await questions[i % questions.Length].AskAsync(count: true, cancellationToken);
                                own.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                            }

                            return own;
                        },
                        cancellationToken
                    )
                )
        );
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double[] all = [.. times.SelectMany(own => own)];
        return
        [
            new("load", "8 clients, all questions in turn, with counts", "pages/s", all.Length / seconds),
            Timing.Summary("load", "8 clients, time of a page", all, null),
        ];
    }

    private Asking Client(Question question, bool same = false) =>
        new(reader, question, email, () => Interlocked.Increment(ref asked)) { Same = same };
}
