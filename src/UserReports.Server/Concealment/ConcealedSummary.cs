using UserReports.Core.Query;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;
using UserReports.Store;

namespace UserReports.Server.Concealment;

/// <summary>Summaries whose groups are named by pseudonyms.</summary>
/// <remarks>
/// The store orders groups of the same size by their names, and where there are more than are asked for, it leaves out
/// the last. Both would tell the order of the true names, so such groups are ordered, and chosen, by their pseudonyms.
/// </remarks>
internal sealed class ConcealedSummary(IReportReader reader, Pseudonyms pseudonyms)
{
    /// <summary>Groups of the same size among which those to answer are chosen.</summary>
    public const int ChoiceMax = 10_000;

    private static readonly SummaryMeasure Rows = new(SummaryFunction.Count, null, 0);

    /// <exception cref="ConcealedChoiceException">Which groups are answered would tell the order of names.</exception>
    public async Task<ReportSummary> ReadAsync(SummaryQuery query, CancellationToken cancellationToken)
    {
        var personal = query.Groups.Select(group => group.Path.Field.Personal != PersonalKind.None).ToArray();
        if (!personal.Contains(true))
            return await reader.SummarizeAsync(query, cancellationToken);

        // How many rows a group has comes first, for the order, and is taken away again.
        var counted = query with
        {
            Measures = [Rows, .. query.Measures],
        };
        var found = await reader.SummarizeAsync(counted, cancellationToken);
        var groups = found.Groups.Where(group => !group.IsOthers).ToList();
        var others = found.Groups.FirstOrDefault(group => group.IsOthers);
        if (others is not null)
        {
            var wider = await reader.SummarizeAsync(counted with { Top = ChoiceMax }, cancellationToken);
            var all = wider.Groups.Where(group => !group.IsOthers).OrderBy(group => group, RankOf(query)).ToList();
            var last = all[query.Top - 1];
            if (all.Count > query.Top && RankOf(query).Compare(last, all[query.Top]) == 0)
            {
                var merged = Choose(query, all, wider.Groups.FirstOrDefault(group => group.IsOthers));
                (groups, others) = (merged.Groups, merged.Others);
            }
        }

        var named = groups.Select(group => Rename(query, group));
        var ordered = named.OrderBy(group => group, OrderOf(query)).ThenBy(group => group, ByName.Instance);
        return found with
        {
            Total = WithoutRows(found.Total),
            Groups = [.. (others is null ? ordered : ordered.Append(others)).Select(WithoutRows)],
        };
    }

    /// <summary>The groups to answer, chosen by their pseudonyms among those of one rank; the rest together.</summary>
    private (List<SummaryRow> Groups, SummaryRow Others) Choose(
        SummaryQuery query,
        List<SummaryRow> all,
        SummaryRow? beyond
    )
    {
        var rank = RankOf(query);
        if (
            beyond is not null && rank.Compare(all[query.Top - 1], all[^1]) == 0
            || query.Measures.Any(measure => measure.Function is SummaryFunction.Avg or SummaryFunction.Percentile)
        )
            throw new ConcealedChoiceException(query.Top);
        var chosen = all.OrderBy(group => group, rank).ThenBy(group => Rename(query, group), ByName.Instance).ToList();
        var rest = chosen[query.Top..];
        if (beyond is not null)
            rest.Add(beyond);
        IReadOnlyList<SummaryMeasure> measures = [Rows, .. query.Measures];
        var values = measures.Select(
            (measure, i) => (object?)Merge(measure.Function, rest.Select(row => row.Values[i]))
        );
        return (chosen[..query.Top], rest[0] with { IsOthers = true, Groups = NoNames(query), Values = [.. values] });
    }

    private static Int128? Merge(SummaryFunction function, IEnumerable<object?> values)
    {
        var numbers = values.Where(value => value is not null).Select(Wide).ToList();
        if (numbers.Count == 0)
            return null;
        return function switch
        {
            SummaryFunction.Min => numbers.Min(),
            SummaryFunction.Max => numbers.Max(),
            _ => numbers.Aggregate((sum, number) => sum + number),
        };
    }

    private SummaryRow Rename(SummaryQuery query, SummaryRow row) =>
        row with
        {
            Groups =
            [
                .. row.Groups.Zip(
                    query.Groups,
                    (value, group) =>
                        value is null || group.Path.Field.Personal == PersonalKind.None
                            ? value
                            : pseudonyms.Of(group.Path, TextOf(value))
                ),
            ],
        };

    private static string TextOf(object value) =>
        value as string
        ?? (
            value is bool flag
                ? flag
                    ? "true"
                    : "false"
                : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!
        );

    private static SummaryRow WithoutRows(SummaryRow row) => row with { Values = [.. row.Values.Skip(1)] };

    private static object?[] NoNames(SummaryQuery query) => new object?[query.Groups.Count];

    private static Int128 Wide(object? value) => value is Int128 wide ? wide : (long)value!;

    /// <summary>By what the store decides which groups are the top; of time the latest.</summary>
    private static Comparer<SummaryRow> RankOf(SummaryQuery query) =>
        query.Groups[0].Period != SummaryPeriod.None
            ? Comparer<SummaryRow>.Create((a, b) => Instant(b).CompareTo(Instant(a)))
            : Comparer<SummaryRow>.Create((a, b) => Wide(b.Values[0]).CompareTo(Wide(a.Values[0])));

    /// <summary>The order of the answer but for names: of time and ranges their own, of all others the largest
    /// first.</summary>
    private static Comparer<SummaryRow> OrderOf(SummaryQuery query) =>
        query.Groups[0] is { Period: SummaryPeriod.None, Step: 0 }
            ? RankOf(query)
            : Comparer<SummaryRow>.Create(
                (a, b) =>
                    (a.Groups[0], b.Groups[0]) switch
                    {
                        (null, null) => 0,
                        (null, _) => 1,
                        (_, null) => -1,
                        var (x, y) => ((IComparable)x).CompareTo(y),
                    }
            );

    private static DateTimeOffset Instant(SummaryRow row) =>
        row.Groups[0] as DateTimeOffset? ?? DateTimeOffset.MinValue;

    private sealed class ByName : IComparer<SummaryRow>
    {
        public static readonly ByName Instance = new();

        public int Compare(SummaryRow? x, SummaryRow? y)
        {
            foreach (var (a, b) in x!.Groups.Zip(y!.Groups))
            {
                var order =
                    a is null || b is null ? (a is null).CompareTo(b is null)
                    : a is string text ? CodePoints.Compare(text, (string)b)
                    : ((IComparable)a).CompareTo(b);
                if (order != 0)
                    return order;
            }

            return 0;
        }
    }
}

/// <summary>Of a summary by a concealed field not all groups were asked for, and which are left out would tell the
/// order of the true values.</summary>
/// <param name="top">How many were asked for.</param>
public sealed class ConcealedChoiceException(int top)
    : Exception(
        $"More than {top} groups of a concealed field are of the same size, and which of them are answered would tell the order of "
            + "the true values. Narrow the query, raise top, leave out means and percentiles, or reveal the query, with a reason."
    );
