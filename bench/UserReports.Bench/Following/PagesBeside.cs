using System.Diagnostics;
using System.Globalization;
using UserReports.Bench.Queries;
using UserReports.Bench.Results;
using UserReports.Bench.Serving;

namespace UserReports.Bench.Following;

/// <summary>One reader who asks ten pages a second, never the same question twice.</summary>
internal sealed class PagesBeside(ReportServer server, string email, long accounts, CancellationToken cancellationToken)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private static readonly Question[] Questions = [.. Question.All.Where(question => !question.ByCursor)];
    private int asked;

    /// <summary>Asks for so long.</summary>
    public async Task<PageTimes> AskAsync(TimeSpan duration)
    {
        var (plain, filters) = (new List<double>(), new List<double>());
        var each = Questions.ToDictionary(question => question.Name, _ => new List<double>());
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            var question = Questions[asked % Questions.Length];
            var parameters = question.Parameters(accounts, asked++, email);
            var start = Stopwatch.GetTimestamp();
            await server.AskAsync(parameters, cancellationToken);
            var took = Stopwatch.GetElapsedTime(start);
            (question.Q.Length == 0 ? plain : filters).Add(took.TotalMilliseconds);
            each[question.Name].Add(took.TotalMilliseconds);
            if (took < Every)
                await Task.Delay(Every - took, cancellationToken);
        }

        return new(
            Timing.Summary("follow", "pages without a filter", [.. plain], plain.Count),
            Timing.Summary("follow", "filters", [.. filters], filters.Count),
            [.. each.Select(pair => Timing.Summary("follow", pair.Key, [.. pair.Value], pair.Value.Count))]
        );
    }
}

/// <summary>What pages took: those without a filter, in any order, and all others.</summary>
/// <param name="Each">By question.</param>
internal sealed record PageTimes(Measurement Plain, Measurement Filters, IReadOnlyList<Measurement> Each)
{
    /// <summary>What each question took beside what it takes in peace, a line for each.</summary>
    public IEnumerable<string> Beside(PageTimes peace) =>
        Each.Zip(
            peace.Each,
            (now, then) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {now.Case} | {then.Value:F1} | {then.P95:F1} | {now.Value:F1} | {now.P95:F1} |"
                )
        );

    /// <summary>A row of the table.</summary>
    public string Row(string name) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {Plain.Rows + Filters.Rows} | {Plain.Value:F1} | {Plain.P95:F1} | {Filters.Value:F1} | {Filters.P95:F1} |"
        );
}
