using UserReports.Core.Query;
using UserReports.Core.Query.Syntax;
using UserReports.Server.Http;

namespace UserReports.Server.Api.History;

/// <summary>The question after an account's history, in the words of a request, however it came.</summary>
/// <param name="Metrics">Names, separated by commas; the usual ones if it is null or empty.</param>
/// <param name="Organization">Which of the account's rows; null or empty for its only one.</param>
/// <param name="From">A day; a year before the last one if it is null or empty.</param>
/// <param name="To">A day; today if it is null or empty.</param>
internal sealed record HistoryRequest(string? Metrics, string? Organization, string? From, string? To)
{
    private const int MetricsMax = 60;

    /// <summary>As long as the usual months are kept, and a year more.</summary>
    private const int DaysMax = 1096;

    /// <summary>How many days there are where nobody says from which on.</summary>
    public const int UsualDays = 366;

    /// <summary>The question; null with every fault that was found.</summary>
    public HistoryQuestion? Compile(DateOnly today, List<RequestFault> faults)
    {
        var before = faults.Count;
        var metrics = ReadMetrics(faults);
        var last = Day(QueryParameter.LastDay.Name, To, faults) ?? today;
        if (last > today)
            last = today;
        // What there is of the first days of all is not asked for by anybody.
        var first =
            Day(QueryParameter.FirstDay.Name, From, faults)
            ?? DateOnly.FromDayNumber(Math.Max(0, last.DayNumber - UsualDays + 1));
        if (faults.Count > before)
            return null;
        if (first > last)
        {
            Add(
                QueryParameter.FirstDay.Name,
                $"The parameter from must not be later than to, nor than today: {PastReports.Spell(last)}.",
                From,
                faults
            );
        }
        else if (last.DayNumber - first.DayNumber >= DaysMax)
        {
            Add(
                QueryParameter.FirstDay.Name,
                $"From {PastReports.Spell(first)} to {PastReports.Spell(last)} are more than {DaysMax} days; ask for less at a time.",
                From,
                faults
            );
        }

        return faults.Count > before
            ? null
            : new(metrics, string.IsNullOrEmpty(Organization) ? null : Organization, first, last);
    }

    private IReadOnlyList<HistoryMetric> ReadMetrics(List<RequestFault> faults)
    {
        List<HistoryMetric> metrics = [];
        foreach (var (name, position) in PathText.SplitList(Metrics ?? ""))
        {
            if (name.Length == 0)
                continue;
            if (HistoryMetric.Find(name) is { } metric)
            {
                metrics.Add(metric);
                continue;
            }

            if (faults.Count >= QueryBounds.ErrorsMax)
                break;
            var near = HistoryMetric.Near(name);
            faults.Add(
                new(
                    QueryParameter.HistoryMetrics.Name,
                    QueryErrorCode.UnknownField,
                    $"There is no history of \"{name}\": it must be submissions, own_submissions, products, or the path "
                        + "of one value that is no list and names nobody."
                        + (near.Count > 0 ? $" Did you mean {string.Join(" or ", near)}?" : ""),
                    name,
                    position,
                    near
                )
            );
        }

        if (metrics.Count > MetricsMax)
            Add(
                QueryParameter.HistoryMetrics.Name,
                $"At most {MetricsMax} metrics can be asked for at a time; here are {metrics.Count}.",
                Metrics,
                faults
            );
        return metrics.Count == 0 ? HistoryMetric.Usual : [.. metrics.Distinct()];
    }

    private static DateOnly? Day(string name, string? text, List<RequestFault> faults)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (PastReports.ParseDay(text) is { } day)
            return day;
        Add(name, $"The parameter {name} must be a day, as in 2026-11-02.", text, faults);
        return null;
    }

    private static void Add(string name, string detail, string? text, List<RequestFault> faults) =>
        faults.Add(new(name, Problems.BadParameter.Code, detail, text ?? "", 0, []));
}

/// <summary>What is asked of an account's history.</summary>
/// <param name="Organization">An identifier; null for the account's only row.</param>
/// <param name="First">The first day.</param>
/// <param name="Last">The last one, included; not after today.</param>
internal sealed record HistoryQuestion(
    IReadOnlyList<HistoryMetric> Metrics,
    string? Organization,
    DateOnly First,
    DateOnly Last
);
