using UserReports.Core.Query;

namespace UserReports.Server.Requests;

/// <summary>Which reports are asked for, in the words of a request, however it came.</summary>
/// <param name="Q">Which rows; all if it is null or empty.</param>
/// <param name="Ordering">Paths, separated by commas; the usual order if it is null or empty.</param>
/// <param name="Fields">Paths, separated by commas; all if it is null or empty.</param>
internal sealed record ReportRequest(string? Q, string? Ordering, string? Fields = null)
{
    /// <summary>A day or an instant, from whose snapshot the answer is; the present rows if it is null.</summary>
    public string? At { get; init; }

    /// <summary>The query, or all that is wrong with it.</summary>
    /// <param name="conceals">Whether names are concealed from whoever asks.</param>
    public QueryResult Compile(bool conceals = false) => QueryCompiler.Compile(Q, Ordering, conceals);
}
