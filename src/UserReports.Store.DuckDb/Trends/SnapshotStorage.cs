using UserReports.Core.Forecasting;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.History;
using UserReports.Store.DuckDb.Native;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.Trends;

/// <summary>Reads what rows stored from the snapshots of days, a lot of accounts at a time from each of them.</summary>
/// <remarks>
/// Snapshots are sorted by account, so that of each file only the row groups of the lot are read, and of these two
/// columns and a half. A snapshot that is damaged or goes meanwhile is one day less.
/// </remarks>
internal sealed class SnapshotStorage(SnapshotDays days) : IStorageHistory
{
    private static readonly string Bytes = ReportColumns.Quote(
        ReportCatalogue.All.Single(field => field.Path == "service_usage__total_storage_bytes").Path
    );

    /// <inheritdoc/>
    public DateOnly? Latest => days.Whole is [.., var latest] ? latest.Day : null;

    /// <inheritdoc/>
    public DateTime? LatestWrittenAt => days.Whole is [.., var latest] ? File.GetLastWriteTimeUtc(latest.Path) : null;

    /// <inheritdoc/>
    public IEnumerable<StorageSeries> Read(DateOnly day, int daysBefore, CancellationToken cancellationToken)
    {
        List<SnapshotFile> files =
        [
            .. days.Whole.Where(file => file.Day <= day && file.Day.DayNumber >= day.DayNumber - daysBefore),
        ];
        if (files is not [.., var latest] || latest.Day != day)
            yield break;
        foreach (var (first, last) in Lots(latest))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = new List<(long UserId, string? OrganizationId)>();
            var places = new Dictionary<(long, string), int>();
            foreach (var (row, _) in Stored(latest, first, last))
            {
                places[(row.UserId, row.OrganizationId ?? "")] = rows.Count;
                rows.Add(row);
            }

            var stored = new StoredBytes[rows.Count * files.Count];
            var counts = new int[rows.Count];
            foreach (var file in files)
            {
                foreach (var (row, bytes) in Stored(file, first, last))
                {
                    if (places.TryGetValue((row.UserId, row.OrganizationId ?? ""), out var place))
                        stored[(place * files.Count) + counts[place]++] = new(file.Day, bytes);
                }
            }

            for (var i = 0; i < rows.Count; i++)
                yield return new(rows[i].UserId, rows[i].OrganizationId, stored.AsMemory(i * files.Count, counts[i]));
        }
    }

    private List<(long First, long Last)> Lots(SnapshotFile file) =>
        SnapshotWriter.LotsOf(
            Ask(file, $"select {ColumnNames.UserId} from reports order by {ColumnNames.UserId}", row => row.GetInt64(0))
        );

    private List<((long UserId, string? OrganizationId) Row, long Bytes)> Stored(
        SnapshotFile file,
        long first,
        long last
    ) =>
        Ask(
            file,
            $"select {ColumnNames.UserId}, {ColumnNames.OrganizationId}, {Bytes} from reports "
                + $"where {ColumnNames.UserId} between {first} and {last} and {Bytes} is not null "
                + $"order by {ColumnNames.UserId}, {ColumnNames.OrganizationId}",
            row => ((row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1)), row.GetInt64(2))
        );

    private List<T> Ask<T>(SnapshotFile file, string sql, Func<System.Data.IDataRecord, T> read)
    {
        using var lease = file.TryEnter();
        if (lease is null)
            return [];
        try
        {
            using var database = file.Connect();
            return database.Rows(sql, read);
        }
        catch (Exception e) when (StoreFault.Of(e) is { Kind: FaultKind.Damage } fault)
        {
            days.Damage(file, fault.Text);
            return [];
        }
    }
}
