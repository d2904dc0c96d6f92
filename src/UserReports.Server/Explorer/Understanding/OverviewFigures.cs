using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Server.Explorer.Asking;
using UserReports.Server.Explorer.Looking;
using UserReports.Server.Explorer.Reading;
using UserReports.Store;

namespace UserReports.Server.Explorer.Understanding;

/// <summary>One bar of a chart.</summary>
/// <param name="Term">The condition that narrows the query to the bar, or null if none does.</param>
public sealed record Bar(string Label, long Count, string? Term);

/// <summary>The figures above the table.</summary>
public sealed record Tiles(long Rows, long Restricted, long StorageBytes, long Submissions);

/// <summary>Reads figures and charts of a query from the store's summary.</summary>
public sealed class OverviewFigures(ReportReading reading)
{
    private const string PlanPath = "subscriptions[]__items[]__price__product__name";
    private const string Storage = "service_usage__total_storage_bytes";
    private const string Submissions = "service_usage__total_submission_count__current_period";
    private const int PlansMax = 8;
    private const int MonthsMax = 24;

    /// <summary>Instants that the chart over time can count.</summary>
    public static readonly IReadOnlyList<(string Path, string Label)> Instants =
    [
        ("date_joined", "Sign-ups"),
        ("last_login", "Last sign-ins"),
    ];

    /// <summary>Rows, restricted rows, and what the organisations use; every organisation counts once, at its
    /// owner.</summary>
    public async Task<Tiles> TilesAsync(string q, CancellationToken cancellationToken)
    {
        var summary = await SummarizeAsync(
            q,
            "organization__role,account_restricted",
            $"count,{Storage}__sum,{Submissions}__sum",
            100,
            cancellationToken
        );
        var owners = summary.Groups.Where(g => g.Groups[0] as string == "owner").ToList();
        return new(
            Whole(summary.Total.Values[0]),
            summary.Groups.Where(g => g.Groups[1] is true).Sum(g => Whole(g.Values[0])),
            owners.Sum(g => Whole(g.Values[1])),
            owners.Sum(g => Whole(g.Values[2]))
        );
    }

    /// <summary>How much of a metric's limit is used, in steps of ten percent; what is beyond the limit is one
    /// bar.</summary>
    public async Task<IReadOnlyList<Bar>> SharesAsync(string q, Metric metric, CancellationToken cancellationToken)
    {
        var balance = $"service_usage__balances__{metric.Key}";
        var path = $"{balance}__balance_percent";
        var limited = QueryText.And(q, $"{balance}__effective_limit__isnull:false");
        var summary = await SummarizeAsync(limited, $"{path}__by10", "count", SummaryBounds.TopMax, cancellationToken);
        var counts = new long[11];
        foreach (var group in summary.Groups)
        {
            if (group.IsOthers || group.Groups[0] is long)
                counts[group.IsOthers ? 10 : Math.Clamp((long)group.Groups[0]! / 10, 0, 10)] += Whole(group.Values[0]);
        }

        return
        [
            .. counts.Select(
                (count, i) =>
                    i == 10
                        ? new Bar("≥ 100 %", count, $"{path}__gte:100")
                        : new Bar(
                            $"{i * 10}–{i * 10 + 9} %",
                            count,
                            $"{path}__range:{i * 10},{i * 10 + 9}"
                                + (i == 0 ? $" AND {balance}__effective_limit__isnull:false" : "")
                        )
            ),
        ];
    }

    /// <summary>Rows by the products that their organisation subscribes to.</summary>
    public async Task<IReadOnlyList<Bar>> PlansAsync(string q, CancellationToken cancellationToken)
    {
        var summary = await SummarizeAsync(q, PlanPath, "count", PlansMax, cancellationToken);
        return
        [
            .. summary.Groups.Select(g =>
                g.IsOthers ? new Bar("others", Whole(g.Values[0]), null)
                : g.Groups[0] is string name
                    ? new Bar(name, Whole(g.Values[0]), QueryText.Term(PlanPath, "", name, isText: true))
                : new Bar("no plan", Whole(g.Values[0]), "subscriptions[]:")
            ),
        ];
    }

    /// <summary>Rows by month, the latest two years; earlier months are left out.</summary>
    public async Task<IReadOnlyList<Bar>> MonthsAsync(
        string q,
        string path,
        ReaderFormat format,
        CancellationToken cancellationToken
    )
    {
        var summary = await SummarizeAsync(q, $"{path}__month", "count", SummaryBounds.TopMax, cancellationToken);
        return
        [
            .. summary
                .Groups.Where(g => !g.IsOthers && g.Groups[0] is DateTimeOffset)
                .TakeLast(MonthsMax)
                .Select(g =>
                {
                    var month = ((DateTimeOffset)g.Groups[0]!).UtcDateTime;
                    return new Bar(
                        month.ToString("MMM yyyy", format.Culture),
                        Whole(g.Values[0]),
                        string.Create(
                            System.Globalization.CultureInfo.InvariantCulture,
                            $"{path}__gte:{month:yyyy-MM-dd} AND {path}__lt:{month.AddMonths(1):yyyy-MM-dd}"
                        )
                    );
                }),
        ];
    }

    private async Task<ReportSummary> SummarizeAsync(
        string q,
        string groupBy,
        string metrics,
        int top,
        CancellationToken cancellationToken
    )
    {
        var compiled = SummaryCompiler.Compile(q, groupBy, metrics, top);
        return compiled.Query is { } query
            ? await reading.SummarizeAsync(q, query, cancellationToken)
            : throw new InvalidOperationException(
                $"The summary by {groupBy} does not compile: {compiled.Errors[0].Message}"
            );
    }

    private static long Whole(object? value) => value is long number ? number : 0;
}
