using System.Diagnostics;
using UserReports.Bench.Results;
using UserReports.Core.Query;
using UserReports.Store;

namespace UserReports.Bench.Queries;

/// <summary>Asks the store every question: alone and with eight clients, with the exact count and without.</summary>
/// <param name="email">An address that exists.</param>
/// <param name="runs">Timed rounds of each.</param>
public sealed class QueryBench(IReportReader reader, string email, int runs)
{
    private const int PageSize = 100;
    private const int Clients = 8;
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<Measurement>> RunAsync(CancellationToken cancellationToken)
    {
        var measurements = new List<Measurement>();
        var requests = new List<(ReportQuery Query, PageRequest Page)>();
        foreach (var question in Question.All)
        {
            var query = Compile(question, email);
            var page = await PageAsync(question, query, cancellationToken);
            requests.Add((query, page));
            measurements.Add(await TimeAsync("query", question.Name, query, page));
            measurements.Add(await TimeAsync("query, no count", question.Name, query, page with { Count = false }));
        }

        measurements.AddRange(await LoadAsync(requests, cancellationToken));
        return measurements;

        Task<Measurement> TimeAsync(string topic, string name, ReportQuery query, PageRequest page) =>
            Timing.OfAsync(
                topic,
                name,
                runs,
                async token =>
                {
                    var found = await reader.FindAsync(query, page, token);
                    return found.Count ?? found.Documents.Count;
                },
                cancellationToken
            );
    }

    /// <summary>A question's bound query.</summary>
    public static ReportQuery Compile(Question question, string email)
    {
        var result = QueryCompiler.Compile(
            question.Q.Replace("$email", email, StringComparison.Ordinal),
            question.Ordering
        );
        return result.Query ?? throw new InvalidOperationException($"{question.Name}: {result.Errors[0]}");
    }

    private async Task<PageRequest> PageAsync(Question question, ReportQuery query, CancellationToken cancellationToken)
    {
        var offset = (long)(question.Depth * reader.Snapshot!.Rows);
        if (!question.ByCursor)
            return new(PageSize, offset);
        var before = await reader.FindAsync(query, new(PageSize, offset - PageSize), cancellationToken);
        return new(PageSize, Key: before.Next);
    }

    /// <summary>Eight clients take the questions in turn, with counts, for some seconds.</summary>
    private async Task<IReadOnlyList<Measurement>> LoadAsync(
        List<(ReportQuery Query, PageRequest Page)> requests,
        CancellationToken cancellationToken
    )
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
                            for (var i = client; Stopwatch.GetElapsedTime(start) < Load; i++)
                            {
                                var (query, page) = requests[i % requests.Count];
                                var begun = Stopwatch.GetTimestamp();
                                await reader.FindAsync(query, page, cancellationToken);
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
}
