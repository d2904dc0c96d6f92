using UserReports.Core.Query;
using UserReports.Feed;
using UserReports.Server.Api.Following;
using UserReports.Server.Api.Lists;
using UserReports.Server.Concealment;
using UserReports.Server.Explorer.History;
using UserReports.Server.Explorer.State;
using UserReports.Server.Explorer.Table;
using UserReports.Server.Requests;
using UserReports.Store;

namespace UserReports.Server.Explorer.Reading;

/// <summary>From the page's state to the rows that it shows.</summary>
public sealed class PageReading(ReportReading reading, FollowStatus status, IServiceProvider services)
{
    private readonly Cursors cursors = services.GetRequiredService<Cursors>();

    /// <summary>Reads a page; what is wrong with the query or the world is part of the answer.</summary>
    /// <param name="figures">What will be read for the same look.</param>
    public Task<PageResult> ReadAsync(
        ViewState state,
        IReadOnlyList<TableColumn> columns,
        IReadOnlyList<AskedSummary> figures,
        CancellationToken cancellationToken
    ) =>
        PageResult.OfAsync(
            async () =>
            {
                var view = await reading.ViewAsync(state.Q, state.At, cancellationToken);
                var compiled = new ReportRequest(state.Q, state.Ordering).Compile(view.Conceals);
                return compiled.Query is { } query
                    ? await ReadAsync(view, query, state, columns, figures, cancellationToken)
                    : new(null, compiled.Errors, null);
            },
            cancellationToken
        );

    private async Task<PageResult> ReadAsync(
        ReportView view,
        ReportQuery query,
        ViewState state,
        IReadOnlyList<TableColumn> columns,
        IReadOnlyList<AskedSummary> figures,
        CancellationToken cancellationToken
    )
    {
        // A cursor of another query or of keys that have been replaced leads to the first page, not to an error.
        var takenAt = state.At is null ? null : view.Reader.Snapshot?.CompletedAt;
        var key = state.Cursor is null ? null : cursors.Read(state.Cursor, state.Q, query, out _, takenAt);
        var request = new PageRequest(state.Size, Key: key);
        var page = await reading.FindAsync(view, state.Q, query, request, figures, state.At, cancellationToken);
        return new(
            new(
                page.Count ?? 0,
                [.. page.Documents.Select(document => ReportRow.Read(document, columns, view.Conceals))],
                page.Previous is { } previous ? cursors.Write(previous, state.Q, query, takenAt) : null,
                page.Next is { } next ? cursors.Write(next, state.Q, query, takenAt) : null,
                page.Snapshot,
                view.Conceals
            )
            {
                // What was then does not change while somebody looks at it.
                Accounts = state.At is null ? await AccountsOfAsync(view, query, request, cancellationToken) : [],
            },
            [],
            null
        )
        {
            Warnings = query.Warnings,
        };
    }

    private async Task<IReadOnlyList<long>> AccountsOfAsync(
        ReportView view,
        ReportQuery query,
        PageRequest request,
        CancellationToken cancellationToken
    ) =>
        status.Follow.Mode == FollowMode.Off
            ? []
            : await view.Reader.StaleAccountsAsync(
                query,
                request,
                DateTimeOffset.MaxValue,
                request.Limit,
                cancellationToken
            );
}

/// <summary>A page, or why there is none.</summary>
public sealed record PageResult(RowPage? Page, IReadOnlyList<QueryError> Errors, Problem? Problem)
{
    /// <summary>What a read finds; what is wrong with the world is part of it, and nothing if nobody waits any more.
    /// </summary>
    public static async Task<PageResult> OfAsync(Func<Task<PageResult>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Nothing;
        }
        catch (Exception e) when (Problem.Of(e) is { } problem)
        {
            return new(null, [], problem);
        }
    }

    /// <summary>Before anything was read.</summary>
    public static readonly PageResult Nothing = new(null, [], null);

    /// <summary>What differs, where days are compared; then there is no page.</summary>
    public ComparedPage? Compared { get; init; }

    /// <summary>What is likely not meant in the query of the page.</summary>
    public IReadOnlyList<QueryWarning> Warnings { get; init; } = [];
}

/// <summary>The rows of a page.</summary>
/// <param name="Count">Rows of the whole query.</param>
/// <param name="Previous">The cursor of the page before, or null if this is the first.</param>
/// <param name="Next">The cursor of the page after, or null if this is the last.</param>
/// <param name="Conceals">Whether the names in it are pseudonyms.</param>
public sealed record RowPage(
    long Count,
    IReadOnlyList<ReportRow> Rows,
    string? Previous,
    string? Next,
    SnapshotInfo Snapshot,
    bool Conceals
)
{
    /// <summary>The accounts that the rows are of; empty where nobody follows what becomes of them.</summary>
    public IReadOnlyList<long> Accounts { get; init; } = [];
}
