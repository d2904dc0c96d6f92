using UserReports.Server.Api.History;
using UserReports.Server.Requests;

namespace UserReports.Server.Commands.Answers;

/// <summary>Rows of a query.</summary>
/// <param name="Count">How many the query has in all.</param>
/// <param name="Rows">Reports as JSON (UTF-8), as many as were asked for.</param>
/// <param name="Warnings">What is likely not meant in the query, as sentences.</param>
internal sealed record ReportsAnswer(
    long Count,
    IReadOnlyList<ReadOnlyMemory<byte>> Rows,
    IReadOnlyList<string> Warnings
);

/// <summary>Rows of a query that were written as a file.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Warnings">As of a <see cref="ReportsAnswer"/>.</param>
internal sealed record ExportAnswer(long Rows, IReadOnlyList<string> Warnings);

/// <summary>What differs between two moments.</summary>
/// <param name="Entered">How many rows; <paramref name="Left"/>, <paramref name="Changed"/> and
/// <paramref name="Stayed"/> likewise.</param>
/// <param name="From">When the earlier state was taken.</param>
/// <param name="To">When the later one was; of the present when its run completed.</param>
/// <param name="Rows">The first of those that were asked for, as JSON (UTF-8).</param>
/// <param name="Warnings">As of a <see cref="ReportsAnswer"/>.</param>
internal sealed record ComparisonAnswer(
    long Entered,
    long Left,
    long Changed,
    long Stayed,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<ReadOnlyMemory<byte>> Rows,
    IReadOnlyList<string> Warnings
);

/// <summary>Where a command gets its answers: a running server, or the store itself.</summary>
internal interface IReportAnswers : IAsyncDisposable
{
    /// <summary>The first rows of a query.</summary>
    Task<ReportsAnswer> FindAsync(ReportRequest request, int limit, CancellationToken cancellationToken);

    /// <summary>All rows of a query, written as a file.</summary>
    Task<ExportAnswer> ExportAsync(
        ExportRequest request,
        Stream output,
        ProgressCounter progress,
        CancellationToken cancellationToken
    );

    /// <summary>The first rows of a comparison, with the counts of all.</summary>
    Task<ComparisonAnswer> CompareAsync(ComparisonRequest request, int limit, CancellationToken cancellationToken);

    /// <summary>An account's numbers by day, as the route answers them (JSON, UTF-8).</summary>
    /// <param name="user">Its public identifier, or else its name.</param>
    Task<ReadOnlyMemory<byte>> HistoryAsync(string user, HistoryRequest request, CancellationToken cancellationToken);

    /// <summary>The last runs and what can be read, as one JSON object.</summary>
    Task<StatusReport> StatusAsync(CancellationToken cancellationToken);
}
