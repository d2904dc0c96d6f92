using System.Globalization;
using UserReports.Core.Query.Binding;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;

namespace UserReports.Core.Query;

/// <summary>From the texts of a summary request to a summary that fits the report.</summary>
/// <remarks>
/// <c>group_by=organization__role,date_joined__month</c>: paths; after an instant <c>day</c> (the default),
/// <c>week</c>, <c>month</c> or <c>year</c>; after a number <c>by10</c> and the like.
/// <c>metrics=count,service_usage__total_storage_bytes__sum</c>: <c>count</c>, or a number's path with <c>sum</c>,
/// <c>min</c>, <c>max</c>, <c>avg</c> or <c>p1</c> to <c>p99</c>.
/// </remarks>
public static class SummaryCompiler
{
    private static readonly string[] Functions = ["sum", "min", "max", "avg", "p50", "p95"];

    /// <summary>Parses and binds a summary.</summary>
    /// <param name="q">The filter; null or empty for everything.</param>
    /// <param name="groupBy">Comma-separated; null or empty for one row over everything.</param>
    /// <param name="metrics">Comma-separated; null or empty for <c>count</c>.</param>
    /// <param name="top">1 to <see cref="SummaryBounds.TopMax"/>.</param>
    /// <param name="conceals">As of <see cref="QueryCompiler.Compile"/>; groups of concealed values are for whoever
    /// answers to rename.</param>
    public static SummaryResult Compile(
        string? q,
        string? groupBy,
        string? metrics,
        int top = SummaryBounds.TopDefault,
        bool conceals = false
    )
    {
        var filter = QueryCompiler.Compile(q, null, conceals);
        List<QueryError> errors = [.. filter.Errors];
        var groups = BindAll(groupBy, Group, SummaryBounds.GroupsMax, "group_by", errors);
        var measures = BindAll(metrics, Measure, SummaryBounds.MeasuresMax, "metrics", errors);
        if (measures.Count == 0)
            measures = [new(SummaryFunction.Count, null, 0)];
        if (groups.Count(g => g.Path.IsBelowList) > 1)
        {
            errors.Add(
                new(
                    QueryErrorCode.QueryTooComplex,
                    "A summary can be grouped by the values of one list.",
                    groupBy!,
                    0,
                    []
                )
                {
                    Parameter = "group_by",
                }
            );
        }

        if (top is < 1 or > SummaryBounds.TopMax)
        {
            errors.Add(
                new(
                    QueryErrorCode.BadValue,
                    $"The number of groups must be 1 to {SummaryBounds.TopMax}.",
                    top.ToString(CultureInfo.InvariantCulture),
                    0,
                    []
                )
                {
                    Parameter = "top",
                }
            );
        }

        return errors.Count == 0
            ? new(new(filter.Query!.Filter, groups, measures, top) { Warnings = filter.Query.Warnings }, [])
            : new(null, errors);
    }

    private static List<T> BindAll<T>(
        string? list,
        Func<string, int, T> bind,
        int most,
        string parameter,
        List<QueryError> errors
    )
    {
        List<T> bound = [];
        if (string.IsNullOrWhiteSpace(list))
            return bound;
        foreach (var (text, position) in PathText.SplitList(list))
        {
            try
            {
                bound.Add(bind(text, position));
            }
            catch (QueryFault fault)
            {
                errors.Add(fault.Error with { Parameter = parameter });
            }
        }

        if (bound.Count > most)
        {
            errors.Add(
                new(
                    QueryErrorCode.QueryTooComplex,
                    $"{parameter} takes at most {most} paths; here are {bound.Count}.",
                    list,
                    0,
                    []
                )
                {
                    Parameter = parameter,
                }
            );
        }

        return bound;
    }

    private static SummaryGroup Group(string text, int position)
    {
        var (head, tail) = SplitLast(text);
        if (
            tail is "day" or "week" or "month" or "year"
            && TryBind(head, position) is { Path.Kind: FieldKind.Instant } instant
        )
            return new(Groupable(instant, text, position), Enum.Parse<SummaryPeriod>(tail, ignoreCase: true), 0);
        if (
            tail.StartsWith("by", StringComparison.Ordinal)
            && int.TryParse(tail.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            && step > 0
            && TryBind(head, position) is { Path.Kind: FieldKind.Integer } number
        )
        {
            return new(Groupable(number, text, position), SummaryPeriod.None, step);
        }

        var path = Groupable(PathBinder.Bind(text, position), text, position);
        return new(path, path.Kind == FieldKind.Instant ? SummaryPeriod.Day : SummaryPeriod.None, 0);
    }

    private static FieldPath Groupable(BoundPath bound, string text, int position)
    {
        var path = bound.Path;
        var isValue = path.Field is { IsScalar: true, IsInSeries: false } || path.Keys.Count > 0;
        var isCollected = path.Field.IsCollected && path.Elements.All(e => e is null);
        return
            isValue
            && !bound.IsWholeList
            && bound is { Lookup: Lookup.Exact, Part: InstantPart.Whole }
            && (!path.IsBelowList || isCollected)
            ? path
            : throw QueryFault.Of(
                QueryErrorCode.UnsupportedLookup,
                $"A summary cannot be grouped by \"{text}\".",
                text,
                position,
                [
                    .. ReportCatalogue
                        .All.Where(f => f.IsCollected)
                        .Select(f => f.Path)
                        .Where(p =>
                            path.Field.Parent is not null
                            && p.StartsWith(path.Field.Parent.Path, StringComparison.Ordinal)
                        )
                        .Take(3),
                ]
            );
    }

    private static SummaryMeasure Measure(string text, int position)
    {
        if (text == "count")
            return new(SummaryFunction.Count, null, 0);
        var (head, tail) = SplitLast(text);
        var percentile =
            tail.StartsWith('p')
            && int.TryParse(tail.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var p)
            && p is > 0 and < 100
                ? p
                : 0;
        SummaryFunction? function =
            percentile > 0
                ? SummaryFunction.Percentile
                : tail switch
                {
                    "sum" => SummaryFunction.Sum,
                    "min" => SummaryFunction.Min,
                    "max" => SummaryFunction.Max,
                    "avg" => SummaryFunction.Avg,
                    _ => null,
                };
        if (function is null)
        {
            throw QueryFault.Of(
                QueryErrorCode.UnsupportedLookup,
                $"\"{text}\" is no metric: write count, or the path of a number with __sum, __min, __max, __avg or __p95.",
                text,
                position,
                [.. Functions.Select(f => $"{text}__{f}").Take(3)]
            );
        }

        var path = PathBinder.Bind(head, position).Path;
        return path is { Kind: FieldKind.Integer, IsBelowList: false }
            ? new(function.Value, path, percentile)
            : throw QueryFault.Of(
                QueryErrorCode.UnsupportedLookup,
                $"\"{head}\" is no number of the row, so it has no {tail}.",
                text,
                position
            );
    }

    private static (string Head, string Tail) SplitLast(string text)
    {
        // What ends in quotes ends in a key.
        if (PathText.Split(text) is not { Count: > 1 } segments || segments[^1].IsQuoted)
            return ("", text);
        var tail = segments[^1].Written;
        return (text[..^(tail.Length + PathText.Separator.Length)], tail);
    }

    private static BoundPath? TryBind(string path, int position)
    {
        try
        {
            return PathBinder.Bind(path, position);
        }
        catch (QueryFault)
        {
            return null;
        }
    }
}

/// <summary>A summary or what is wrong with it.</summary>
/// <param name="Query">Null if and only if there are errors.</param>
public sealed record SummaryResult(SummaryQuery? Query, IReadOnlyList<QueryError> Errors);
