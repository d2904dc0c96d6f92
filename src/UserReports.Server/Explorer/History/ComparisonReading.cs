using UserReports.Server.Api.History;
using UserReports.Server.Api.Lists;
using UserReports.Server.Concealment;
using UserReports.Server.Explorer.Reading;
using UserReports.Server.Explorer.State;
using UserReports.Server.Http;
using UserReports.Server.Requests;
using UserReports.Store;
using UserReports.Store.History;
using Problem = UserReports.Server.Explorer.Reading.Problem;

namespace UserReports.Server.Explorer.History;

/// <summary>From the page's state to what differs between its days.</summary>
public sealed class ComparisonReading(
    ReportReading reading,
    NameConcealment concealment,
    IReportStore store,
    IServiceProvider services
)
{
    private readonly Cursors cursors = services.GetRequiredService<Cursors>();

    /// <summary>Reads a page; what is wrong with the query or the world is part of the answer.</summary>
    public Task<PageResult> ReadAsync(ViewState state, CancellationToken cancellationToken) =>
        PageResult.OfAsync(
            async () =>
            {
                var view = await reading.ViewAsync(state.Q, cancellationToken);
                var compiled = new ReportRequest(state.Q, state.Ordering).Compile(view.Conceals);
                if (compiled.Query is null)
                    return new(null, compiled.Errors, null);
                var columns = ComparedColumn.Of(compiled.Query, state.Columns);
                List<RequestFault> faults = [];
                var request = new ComparisonRequest(
                    new(state.Q, state.Ordering, ComparedColumn.PathsOf(columns)),
                    state.From,
                    state.At,
                    state.Show
                );
                return request.Compile(view.Conceals, faults) is { } query
                    ? await ReadAsync(state, view, query, columns, cancellationToken)
                    : new(null, [], ProblemOf(faults));
            },
            cancellationToken
        );

    private async Task<PageResult> ReadAsync(
        ViewState state,
        ReportView view,
        ComparisonQuery query,
        IReadOnlyList<ComparedColumn> columns,
        CancellationToken cancellationToken
    )
    {
        var moments = await ComparedMoments.OfAsync(store, query, cancellationToken);
        var place = moments.PlaceOf(query, state.Q);
        // A cursor of another comparison leads to the first page, not to an error.
        var key = state.Cursor is null ? null : cursors.Read(state.Cursor, place, query.Query, out _, moments.TakenAt);
        var page = await reading.CompareAsync(
            view,
            state.Q,
            query,
            new(state.Size, Key: key),
            (state.From, state.At),
            ComparedColumn.PathsOf(columns),
            cancellationToken
        );
        return new(null, [], null)
        {
            Compared = new(
                page.Counts,
                page.From,
                page.To,
                columns,
                [.. page.Rows.Select(row => ComparedReport.Read(Shown(row, view), columns, view.Conceals))],
                page.Next is { } next ? cursors.Write(next, place, query.Query, moments.TakenAt) : null,
                view.Conceals
            ),
            Warnings = query.Query.Warnings,
        };
    }

    private ComparedRow Shown(ComparedRow row, ReportView view) =>
        row with
        {
            Was = Shown(row.Was, view),
            Is = Shown(row.Is, view),
        };

    private ReadOnlyMemory<byte>? Shown(ReadOnlyMemory<byte>? document, ReportView view) =>
        document is { } text ? concealment.Shown(view, text) : (ReadOnlyMemory<byte>?)null;

    private static Problem ProblemOf(List<RequestFault> faults) =>
        new(
            "These days cannot be compared",
            faults.Any(fault => fault.Parameter == QueryParameter.To.Name)
                ? "A day is compared with one before it: choose an earlier day to compare with."
                : string.Join(' ', faults.Select(fault => fault.Detail)),
            CanRetry: false
        );
}
