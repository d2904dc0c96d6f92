using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>
/// What a query costs: processor time for each row of the store, estimated from the kinds of its conditions, its order
/// and its figures before anything is read.
/// </summary>
/// <remarks>
/// The weights are nanoseconds, measured with <c>./dev bench costs</c> and rounded up; docs/performance.md has the
/// table. Of a condition that is asked only where another one left the matter open the full price counts: whoever wants
/// to cost writes it so that it is always open.
/// </remarks>
/// <param name="Nanoseconds">Processor time a row.</param>
/// <param name="Dearest">The condition that costs most, without its value; null if there is none.</param>
internal readonly record struct QueryCost(double Nanoseconds, string? Dearest)
{
    private const double Scan = 40;
    private const double OrderTerm = 45;
    private const double Sort = 500;
    private const double Join = 300;
    private const double Figure = 45;
    private const double Group = 250;
    private const double Number = 10;
    private const double Text = 30;
    private const double Folding = 70;
    private const double InstantText = 165;
    private const double Pattern = 60;
    private const double PatternPiece = 5;
    private const double FreeForm = 40;
    private const double Collected = 50;
    private const double List = 1250;
    private const double ListTest = 10;

    /// <summary>Rows up to which the first rows of an order are kept while scanning, and no more is sorted.</summary>
    private const long SortFrom = 10_000;

    /// <summary>Something of little cost, whatever the rows.</summary>
    public static readonly QueryCost Nothing = new(0, null);

    /// <summary>A look for one account.</summary>
    public static readonly QueryCost Account = new(Text, null);

    /// <summary>A page, with its count if that is wanted.</summary>
    public static QueryCost Of(ReportQuery query, PageRequest page)
    {
        var filter = Of(query.Filter);
        var scans = page.Count && query.Filter is not null ? 2 : 1;
        var sort = page.Offset + page.Limit > SortFrom ? Sort : 0;
        return filter with { Nanoseconds = (filter.Nanoseconds * scans) + Order(query) + sort };
    }

    /// <summary>All rows of a query in its order.</summary>
    public static QueryCost Of(ReportQuery query)
    {
        var filter = Of(query.Filter);
        var sort = query.Ordering.Count == 0 ? 0 : Sort;
        return filter with { Nanoseconds = filter.Nanoseconds + Order(query) + sort };
    }

    /// <summary>Figures.</summary>
    public static QueryCost Of(SummaryQuery query)
    {
        var filter = Of(query.Filter);
        var scans = query.Groups.Count == 0 ? 1 : 2;
        var groups = query.Groups.Sum(group => Group + KeyOf(group.Path));
        return filter with { Nanoseconds = ((filter.Nanoseconds + (Figure * query.Measures.Count)) * scans) + groups };
    }

    /// <summary>The rows of a query at two moments, and what differs.</summary>
    public static QueryCost OfTwo(ReportQuery query)
    {
        var filter = Of(query.Filter);
        return filter with { Nanoseconds = (2 * (filter.Nanoseconds + Order(query))) + Join };
    }

    private static double Order(ReportQuery query) => Scan + query.Ordering.Sum(term => OrderTerm + KeyOf(term.Path));

    private static double KeyOf(FieldPath path) =>
        path.Elements.Count > 0 ? List
        : path.Keys.Count > 0 ? FreeForm
        : 0;

    private static QueryCost Of(Condition? condition) =>
        condition switch
        {
            null => Nothing,
            _ when ListOf(condition) is not null => new(
                List + (ListTest * Leaves(condition).Count()),
                Words(Leaves(condition).First())
            ),
            Condition.All all => Together(all.Parts),
            Condition.Any any => Together(any.Parts),
            Condition.Not not => Of(not.Part),
            Condition.Comparison comparison => new(Of(comparison), Words(comparison)),
            Condition.IsNull { Path: { Kind: FieldKind.Json, Keys.Count: > 0 } } => new(FreeForm, Words(condition)),
            _ => new(Number, Words(condition)),
        };

    private static QueryCost Together(IReadOnlyList<Condition> parts)
    {
        // Those that look at one list take it apart once.
        var groups = parts
            .GroupBy(part => ListOf(part) ?? (object)part, ReferenceEqualityComparer.Instance)
            .Select(group => group.ToList() is [var only] ? Of(only) : Of(new Condition.Any([.. group])))
            .ToList();
        return groups.Count == 0
            ? Nothing
            : groups.MaxBy(cost => cost.Nanoseconds) with
            {
                Nanoseconds = groups.Sum(cost => cost.Nanoseconds),
            };
    }

    private static double Of(Condition.Comparison comparison)
    {
        var pattern = comparison.Lookup is Lookup.Regex or Lookup.IRegex
            ? Pattern + (PatternPiece * comparison.PatternPieces)
            : 0;
        if (comparison.Path.IsBelowList || comparison.Path.HasAnyKey)
            return pattern > 0 ? List + pattern : Collected;
        if (comparison.Path.Kind == FieldKind.Instant)
            return Lookups.IsTextual(comparison.Lookup) ? InstantText + pattern : Number;
        if (comparison.Path.Kind is not (FieldKind.Text or FieldKind.Json))
            return Number;
        var folding = IsFolded(comparison.Lookup) && !comparison.Path.Field.IsSearched ? Folding : 0;
        var extraction = comparison.Path.Keys.Count > 0 ? FreeForm : 0;
        return extraction + folding + (pattern > 0 ? pattern : Text);
    }

    private static bool IsFolded(Lookup lookup) =>
        lookup is Lookup.IExact or Lookup.IContains or Lookup.IStartsWith or Lookup.IEndsWith;

    /// <summary>The field whose JSON is taken apart to decide a condition; null if that is not how it is
    /// decided.</summary>
    private static Field? ListOf(Condition condition) =>
        condition switch
        {
            Condition.All { Parts: var parts } => Common(parts),
            Condition.Any { Parts: var parts } => Common(parts),
            Condition.Not { Part: var part } => ListOf(part),
            Condition.Comparison { Lookup: Lookup.Regex or Lookup.IRegex } => null,
            Condition.Comparison { Lookup: Lookup.Exact or Lookup.In, Path: { Field.IsCollected: true } path }
                when path.Elements.All(element => element is null) => null,
            Condition.Comparison { Path: var path } => TakenApart(path),
            Condition.IsNull { Path: var path } => TakenApart(path),
            Condition.IsEmpty { List: var list } when list.Elements.Count > 0 || list.Kind == FieldKind.Json =>
                TakenApart(list) ?? list.Field,
            _ => null,
        };

    private static Field? TakenApart(FieldPath path) =>
        path.IsBelowList ? path.Steps.First(step => step.Kind == FieldKind.List)
        : path.HasAnyKey ? path.Field
        : null;

    private static Field? Common(IReadOnlyList<Condition> parts) =>
        parts.Count > 0 && ListOf(parts[0]) is { } first && parts.All(part => ListOf(part) == first) ? first : null;

    private static IEnumerable<Condition> Leaves(Condition condition) =>
        condition switch
        {
            Condition.All all => all.Parts.SelectMany(Leaves),
            Condition.Any any => any.Parts.SelectMany(Leaves),
            Condition.Not not => Leaves(not.Part),
            _ => [condition],
        };

    private static string Words(Condition condition) =>
        condition switch
        {
            Condition.Comparison { Lookup: Lookup.Exact } comparison => comparison.Path.ToString(),
            Condition.Comparison comparison => $"{comparison.Path}__{Lookups.NameOf(comparison.Lookup)}",
            Condition.IsNull isNull => $"{isNull.Path}__isnull",
            _ => condition.ToString()!,
        };
}
