using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;

namespace UserReports.Core.Query.Binding;

/// <summary>
/// Holds a tree against the catalogue: what comes out fits the report, or every fault is in <c>errors</c>.
/// </summary>
/// <param name="parameter">What errors name as the place of the text.</param>
/// <param name="conceals">Whether what concealed fields must not tell is a fault.</param>
internal sealed class QueryBinder(List<QueryError> errors, string parameter = "q", bool conceals = false)
{
    /// <summary>By username.</summary>
    public static readonly IReadOnlyList<OrderTerm> DefaultOrdering =
    [
        new(new(ReportCatalogue.Fields.First(f => f.Name == "username"), [], []), false),
    ];

    private static readonly FieldPath Username = DefaultOrdering[0].Path;

    private readonly List<QueryWarning> warnings = [];
    private bool hasPath;
    private int longestWord;
    private long patternPieces;

    /// <summary>What is likely not meant in what was bound.</summary>
    public IReadOnlyList<QueryWarning> Warnings => [.. warnings.Take(QueryBounds.ErrorsMax)];

    /// <summary>The condition; null if there were faults.</summary>
    public Condition? Bind(QuerySyntax syntax)
    {
        var condition = BindNode(syntax);
        if (errors.Count == 0 && !hasPath && longestWord < QueryBounds.BareWordMin)
        {
            Add(
                new(
                    QueryErrorCode.QueryTooShort,
                    $"Search for a word of at least {QueryBounds.BareWordMin} characters, or name a field (username__icontains:ab).",
                    "",
                    0,
                    []
                )
            );
        }

        return errors.Count == 0 ? condition : null;
    }

    /// <summary>The terms of an ordering; faults go to the errors.</summary>
    public IReadOnlyList<OrderTerm> BindOrdering(string ordering)
    {
        List<OrderTerm> terms = [];
        var parts = PathText.SplitList(ordering);
        if (parts.Count > QueryBounds.OrderTermsMax)
        {
            Add(
                new(
                    QueryErrorCode.QueryTooComplex,
                    $"An ordering takes at most {QueryBounds.OrderTermsMax} paths; here are {parts.Count}.",
                    ordering,
                    0,
                    []
                )
            );
            return terms;
        }

        foreach (var (text, at) in parts)
        {
            if (text.Length == 0)
            {
                Add(new(QueryErrorCode.BadSyntax, "A path is missing in the ordering.", "", at, []));
                continue;
            }

            var descending = text[0] == '-';
            var path = descending ? text[1..] : text;
            try
            {
                terms.Add(new(OrderPath(path, at), descending));
            }
            catch (QueryFault fault)
            {
                Add(fault.Error);
            }
        }

        return terms;
    }

    private void Add(QueryError error) => errors.Add(error with { Parameter = parameter });

    private FieldPath OrderPath(string path, int position)
    {
        var bound = PathBinder.Bind(path, position);
        if (
            bound.IsWholeList
            || bound.Path.Kind is FieldKind.Object
            || !bound.Path.IsSingle
            || bound.Path.Field.IsInSeries
            || (bound.Path.Kind == FieldKind.Json && bound.Path.Keys.Count == 0)
        )
        {
            throw QueryFault.Of(
                QueryErrorCode.UnknownField,
                $"\"{path}\" has no single value to order by.",
                path,
                position,
                [.. OrderedInstead(bound.Path.Field).Take(3)]
            );
        }

        if (conceals && !ConcealedFields.AllowsOrder(bound.Path))
            throw ConcealedFields.OfOrder(bound.Path, path, position);
        return bound.Lookup == Lookup.Exact && bound.Part == InstantPart.Whole
            ? bound.Path
            : throw QueryFault.Of(
                QueryErrorCode.UnsupportedLookup,
                $"An ordering takes a path without a lookup: \"{bound.Path}\".",
                path,
                position,
                [bound.Path.ToString()]
            );
    }

    private static IEnumerable<string> OrderedInstead(Field field)
    {
        var series = field.IsInSeries ? field.Parent! : field;
        var fields = series.IsSeries
            ? series.Parent!.Children.Where(c => c.Kind == FieldKind.Integer)
            : field.Children.Where(c => c.IsScalar);
        return fields.Select(c => c.Path);
    }

    private Condition? BindNode(QuerySyntax syntax)
    {
        switch (syntax)
        {
            case QuerySyntax.And and:
                return Group(and.Parts, parts => new Condition.All(parts));
            case QuerySyntax.Or or:
                return Group(or.Parts, EqualTests.Join);
            case QuerySyntax.Not not:
                return BindNode(not.Part) is { } part ? new Condition.Not(part) : null;
            default:
                return BindTerm((QuerySyntax.Term)syntax);
        }
    }

    private Condition? Group(IReadOnlyList<QuerySyntax> syntax, Func<IReadOnlyList<Condition>, Condition> combine)
    {
        List<Condition?> parts = [.. syntax.Select(BindNode)];
        return parts.Contains(null) ? null : combine([.. parts.OfType<Condition>()]);
    }

    private Condition? BindTerm(QuerySyntax.Term term)
    {
        if (term.Path is null)
        {
            if (conceals && errors.Count < QueryBounds.ErrorsMax)
                Add(ConcealedFields.OfWord(term.Value).Error);
            longestWord = Math.Max(longestWord, term.Value.Text.Length);
            return new Condition.Comparison(
                Username,
                InstantPart.Whole,
                Lookup.IContains,
                [new QueryValue.Text(term.Value.Text)]
            );
        }

        hasPath = true;
        if (errors.Count >= QueryBounds.ErrorsMax)
            return null;
        try
        {
            var bound = PathBinder.Bind(term.Path, term.PathPosition);
            var condition = ValueBinder.Bind(bound, term.Value, warnings);
            if (condition is Condition.Comparison { PatternPieces: > 0 and var pieces })
                Count(pieces, term.Value);
            return
                conceals
                && ConcealedFields.FaultOf(condition, bound.Path, term.Path, term.PathPosition) is { } concealed
                ? throw concealed
                : condition;
        }
        catch (QueryFault fault)
        {
            Add(fault.Error);
            return null;
        }
    }

    /// <summary>Many patterns cost as much as a large one.</summary>
    private void Count(long pieces, ValueText pattern)
    {
        patternPieces += pieces;
        if (patternPieces > QueryBounds.PatternPiecesMax)
        {
            throw QueryFault.Of(
                QueryErrorCode.QueryTooComplex,
                $"Written out without repetition, the regular expressions of a query may have {QueryBounds.PatternPiecesMax} pieces together.",
                pattern.Text,
                pattern.Position
            );
        }
    }
}
