using UserReports.Core.Query.Binding;
using UserReports.Core.Query.Syntax;

namespace UserReports.Core.Query;

/// <summary>From the texts that clients send to a query that fits the report.</summary>
public static class QueryCompiler
{
    /// <summary>Parses and binds a query.</summary>
    /// <param name="q">The filter; null or empty for everything.</param>
    /// <param name="ordering">Comma-separated paths, <c>-</c> for descending; null or empty for the default,
    /// username.</param>
    /// <param name="conceals">
    /// Whether names are concealed from whoever asks: then what would tell them is a fault (see
    /// <see cref="ConcealedFields"/>), and the default order is that of the accounts' ids.
    /// </param>
    /// <returns>The query, or every fault that was found.</returns>
    public static QueryResult Compile(string? q, string? ordering, bool conceals = false)
    {
        var errors = new List<QueryError>();
        Condition? filter = null;
        IReadOnlyList<QueryWarning> warnings = [];
        IReadOnlyList<OrderTerm> terms = conceals ? [] : QueryBinder.DefaultOrdering;
        try
        {
            if (QueryParser.Parse(q ?? "") is { } syntax)
            {
                var binder = new QueryBinder(errors, conceals: conceals);
                filter = binder.Bind(syntax);
                warnings = binder.Warnings;
            }
        }
        catch (QueryFault fault)
        {
            errors.Add(fault.Error);
        }

        if (!string.IsNullOrWhiteSpace(ordering))
            terms = new QueryBinder(errors, "ordering", conceals).BindOrdering(ordering);
        return errors.Count == 0 ? new(new(filter, terms) { Warnings = warnings }, []) : new(null, errors);
    }

    /// <summary>Only the tree of a query, for those who show or complete it.</summary>
    public static (QuerySyntax? Syntax, QueryError? Error) Parse(string q)
    {
        try
        {
            return (QueryParser.Parse(q), null);
        }
        catch (QueryFault fault)
        {
            return (null, fault.Error);
        }
    }

    /// <summary>What the path of a term means; null if it means nothing.</summary>
    public static (FieldPath Path, Lookup Lookup)? FindPath(string path)
    {
        try
        {
            var bound = PathBinder.Bind(path, 0);
            return (bound.Path, bound.Lookup);
        }
        catch (QueryFault)
        {
            return null;
        }
    }
}

/// <summary>A query or what is wrong with it.</summary>
/// <param name="Query">Null if and only if there are errors.</param>
/// <param name="Errors">In the order in which they were found.</param>
public sealed record QueryResult(ReportQuery? Query, IReadOnlyList<QueryError> Errors);
