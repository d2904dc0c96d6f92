using System.Globalization;
using UserReports.Core.Figures;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Server.Explorer.Reading;
using UserReports.Server.Explorer.State;
using UserReports.Server.Explorer.Table;
using UserReports.Server.Requests;
using UserReports.Store;

namespace UserReports.Server.Explorer.Charts;

/// <summary>One bar of a chart.</summary>
/// <param name="Term">The condition that narrows the query to the bar, or null if none does.</param>
public sealed record Bar(string Label, long Count, string? Term);

/// <summary>The figures above the table.</summary>
public sealed record Tiles(long Rows, long Restricted, long StorageBytes, long Submissions);

/// <summary>All that stands above the table, of one state of the view.</summary>
public sealed record Figures(
    Tiles Tiles,
    IReadOnlyList<Bar> Shares,
    IReadOnlyList<Bar> Plans,
    IReadOnlyList<Bar> Months
);

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

    /// <summary>The metric whose shares are shown.</summary>
    public static Metric MetricOf(ViewState state) =>
        Metric.All.FirstOrDefault(metric => metric.Key == state.Metric) ?? Metric.All[0];

    /// <summary>The instant that the chart over time counts.</summary>
    public static string InstantOf(ViewState state) =>
        Instants.Any(instant => instant.Path == state.Over) ? state.Over! : Instants[0].Path;

    /// <summary>What is read for a view, in the order of <see cref="Figures"/>.</summary>
    public static IReadOnlyList<AskedSummary> Of(ViewState state)
    {
        var balance = BalanceOf(MetricOf(state));
        return
        [
            new(state.Q, "organization__role,account_restricted", $"count,{Storage}__sum,{Submissions}__sum", 100),
            new(
                QueryText.And(state.Q, $"{balance}__effective_limit__isnull:false"),
                $"{balance}__balance_percent__by10",
                "count",
                SummaryBounds.TopMax
            ),
            new(state.Q, PlanPath, "count", PlansMax),
            new(state.Q, $"{InstantOf(state)}__month", "count", SummaryBounds.TopMax),
        ];
    }

    /// <summary>Reads everything for a view whose query has no fault.</summary>
    public async Task<Figures> ReadAsync(ViewState state, ReaderFormat format, CancellationToken cancellationToken)
    {
        var summaries = await reading.SummarizeAsync(
            "explorer figures",
            state.Q,
            Of(state),
            state.At,
            cancellationToken
        );
        return new(
            TilesOf(summaries[0]),
            SharesOf(summaries[1], BalanceOf(MetricOf(state))),
            PlansOf(summaries[2]),
            MonthsOf(summaries[3], InstantOf(state), format)
        );
    }

    private static string BalanceOf(Metric metric) => $"service_usage__balances__{metric.Key}";

    /// <summary>Rows, restricted rows, and what the organisations use; every organisation counts once, at its
    /// owner.</summary>
    private static Tiles TilesOf(ReportSummary summary)
    {
        var owners = summary.Groups.Where(g => g.Groups[0] as string == "owner").ToList();
        return new(
            Whole(summary.Total.Values[0]),
            Saturating.Sum(summary.Groups.Where(g => g.Groups[1] is true).Select(g => Wide(g.Values[0]))),
            Saturating.Sum(owners.Select(g => Wide(g.Values[1]))),
            Saturating.Sum(owners.Select(g => Wide(g.Values[2])))
        );
    }

    /// <summary>How much of a metric's limit is used, in steps of ten percent; what is beyond the limit is one
    /// bar.</summary>
    private static IReadOnlyList<Bar> SharesOf(ReportSummary summary, string balance)
    {
        var path = $"{balance}__balance_percent";
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
    private static IReadOnlyList<Bar> PlansOf(ReportSummary summary)
    {
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
    private static IReadOnlyList<Bar> MonthsOf(ReportSummary summary, string path, ReaderFormat format)
    {
        return
        [
            .. summary
                .Groups.Where(g => !g.IsOthers && g.Groups[0] is DateTimeOffset)
                .TakeLast(MonthsMax)
                .Select(g =>
                {
                    var month = (DateTimeOffset)g.Groups[0]!;
                    return new Bar(format.Month(month), Whole(g.Values[0]), InMonth(path, month.UtcDateTime));
                }),
        ];
    }

    /// <summary>The condition of a month; behind the last one there is none.</summary>
    private static string InMonth(string path, DateTime month) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}__gte:{month:yyyy-MM-dd}")
        + (
            month.Year == DateTime.MaxValue.Year && month.Month == 12
                ? ""
                : string.Create(CultureInfo.InvariantCulture, $" AND {path}__lt:{month.AddMonths(1):yyyy-MM-dd}")
        );

    /// <summary>A figure that is a number of rows.</summary>
    private static long Whole(object? value) => value is long number ? number : 0;

    /// <summary>A figure that is a sum, which may be beyond what 64 bits hold.</summary>
    private static Int128 Wide(object? value) => value is Int128 sum ? sum : Whole(value);
}
