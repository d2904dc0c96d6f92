using UserReports.Feed;
using UserReports.Server.Api.Following;
using UserReports.Server.Explorer.Reading;
using UserReports.Server.Explorer.State;
using UserReports.Server.Explorer.Table;
using UserReports.Store;

namespace UserReports.Server.Explorer.Following;

/// <summary>
/// Brings the rows that somebody looks at up to date while the sources are followed. Each stays where it stands, for
/// whoever is about to click on it; whether it would now stand elsewhere the reader finds out by asking again.
/// </summary>
public sealed class ChangedRows(ReportReading reading, IReportReader reports, FollowStatus status)
{
    /// <summary>The page with the rows that have changed since; null if none has.</summary>
    /// <exception cref="NotAllowedException">The reader may not, or not any more.</exception>
    public async Task<RowPage?> LookAsync(RowPage page, ViewState state, CancellationToken cancellationToken)
    {
        if (
            page.Accounts.Count == 0
            || status.Follow.Mode == FollowMode.Off
            || reports.Snapshot is not { } now
            || now.Version == page.Snapshot.Version
        )
            return null;
        var documents = await reading.FindChangedAsync(state.Q, page.Accounts, cancellationToken);
        var columns = TableColumns.Of(state.Columns);
        var rows = documents
            .Select(document => ReportRow.Read(document, columns, page.Conceals))
            .ToDictionary(row => row.Name);
        var changed = 0;
        List<ReportRow> next = [];
        foreach (var row in page.Rows)
        {
            var present = rows.GetValueOrDefault(row.Name);
            var isSame = present is null ? row.IsGone : row.HasCellsOf(present) && !row.IsGone;
            if (!isSame)
                changed++;
            next.Add(isSame ? row : present?.AsChanged() ?? row.AsGone());
        }

        return changed == 0 ? null : page with { Rows = next };
    }
}
