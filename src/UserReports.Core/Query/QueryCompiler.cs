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
    /// <returns>The query, or every fault that was found.</returns>
    public static QueryResult Compile(string? q, string? ordering)
    {
        var errors = new List<QueryError>();
        Condition? filter = null;
        IReadOnlyList<QueryWarning> warnings = [];
        IReadOnlyList<OrderTerm> terms = QueryBinder.DefaultOrdering;
        try
        {
            if (QueryParser.Parse(q ?? "") is { } syntax)
            {
                var binder = new QueryBinder(errors);
                filter = binder.Bind(syntax);
                warnings = binder.Warnings;
            }
        }
        catch (QueryFault fault)
        {
            errors.Add(fault.Error);
        }

        if (!string.IsNullOrWhiteSpace(ordering))
            terms = new QueryBinder(errors, "ordering").BindOrdering(ordering);
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
}

/// <summary>A query or what is wrong with it.</summary>
/// <param name="Query">Null if and only if there are errors.</param>
/// <param name="Errors">In the order in which they were found.</param>
public sealed record QueryResult(ReportQuery? Query, IReadOnlyList<QueryError> Errors);
