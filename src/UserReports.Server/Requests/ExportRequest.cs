using UserReports.Core.Query;
using UserReports.Server.Export;

namespace UserReports.Server.Requests;

/// <summary>Which reports are asked for as a file, and as what file.</summary>
/// <param name="ByteOrderMark">For csv alone: whether it begins with one.</param>
internal sealed record ExportRequest(ReportRequest Rows, ExportFormat Format, bool ByteOrderMark)
{
    /// <summary>The query, or all that is wrong with it.</summary>
    /// <remarks>
    /// Without an ordering, rows come as they are kept, by account: that reads the store from front to back.
    /// </remarks>
    /// <inheritdoc cref="ReportRequest.Compile"/>
    public QueryResult Compile(bool conceals = false)
    {
        var compiled = Rows.Compile(conceals);
        return compiled.Query is { } query && string.IsNullOrWhiteSpace(Rows.Ordering)
            ? compiled with
            {
                Query = query with { Ordering = [] },
            }
            : compiled;
    }
}
