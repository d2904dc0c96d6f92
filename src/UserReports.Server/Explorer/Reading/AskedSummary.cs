using UserReports.Core.Query;
using UserReports.Server.Concealment;

namespace UserReports.Server.Explorer.Reading;

/// <summary>A summary in the words of a request, which are those of its audit record.</summary>
/// <param name="Q">The filter; empty for all rows.</param>
/// <param name="GroupBy">Paths, separated by commas.</param>
/// <param name="Metrics">Figures of each group, separated by commas.</param>
/// <param name="Top">Groups at the most.</param>
public sealed record AskedSummary(string Q, string GroupBy, string Metrics, int Top)
{
    /// <summary>The summary itself.</summary>
    /// <param name="conceals">Whether names are concealed from whoever asks.</param>
    /// <exception cref="NamesConcealedException">They are, and the filter would tell them.</exception>
    /// <exception cref="InvalidOperationException">It does not fit the report, which the explorer's own always
    /// do.</exception>
    public SummaryQuery Compile(bool conceals)
    {
        var compiled = SummaryCompiler.Compile(Q, GroupBy, Metrics, Top, conceals);
        if (compiled.Errors.Any(error => error.Code == QueryErrorCode.ConcealedField))
            throw new NamesConcealedException();
        return compiled.Query
            ?? throw new InvalidOperationException(
                $"The summary by {GroupBy} does not compile: {compiled.Errors[0].Message}"
            );
    }

    /// <summary>What an audit record says of it.</summary>
    /// <param name="q">The record's own query, which is not said again.</param>
    public string Words(string q) => $"summary by {GroupBy}: {Metrics}{(Q == q || Q.Length == 0 ? "" : $" of {Q}")}";
}
