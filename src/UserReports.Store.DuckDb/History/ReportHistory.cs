using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.History.Accounts;
using UserReports.Store.DuckDb.Reading;
using UserReports.Store.History;

namespace UserReports.Store.DuckDb.History;

/// <inheritdoc cref="IReportHistory"/>
internal sealed class ReportHistory(
    SnapshotDays days,
    GenerationSet generations,
    QueryExecutor queries,
    StoreSettings settings,
    TimeProvider time,
    ILogger logger
) : IReportHistory
{
    /// <summary>A file is looked at when this part of the time has passed in which accounts are to be gone.</summary>
    private const double LookAfter = 0.75;

    private readonly ComparisonReader comparison = new(days, generations, queries);
    private readonly AccountDayReader accounts = new(days, queries);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DailySnapshot>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult(days.All);

    /// <inheritdoc/>
    public Task<IReportReader> AtAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        Task.FromResult<IReportReader>(new SnapshotReader(days, days.Before(before), queries, settings));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccountDay>> FindAccountAsync(
        long accountId,
        DateOnly first,
        DateOnly last,
        long? account,
        CancellationToken cancellationToken
    ) => accounts.FindAsync(accountId, first, last, account, cancellationToken);

    /// <inheritdoc/>
    public Task<SnapshotInfo> PreviousAsync(CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                using var present = generations.EnterCurrent();
                using var before = ComparedStates.EnterPrevious(days, generations, present);
                return before.Snapshot;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<ComparisonPage> CompareAsync(
        ComparisonQuery query,
        PageRequest page,
        long? account,
        CancellationToken cancellationToken
    ) => comparison.FindAsync(query, page, account, cancellationToken);

    /// <inheritdoc/>
    public Task<ComparisonExport> ExportComparisonAsync(
        ComparisonQuery query,
        long? account,
        CancellationToken cancellationToken
    ) => comparison.ExportAsync(query, account, cancellationToken);

    /// <inheritdoc/>
    public DailySnapshot? Keep(CancellationToken cancellationToken)
    {
        if (generations.Snapshot is not { } present || IsKept(DayOf(present.CompletedAt)))
            return null;
        using var lease = generations.EnterCurrent();
        var generation = lease.Generation;
        if (generation.CompletedAt is not { } takenAt || IsKept(DayOf(takenAt)))
            return null;
        // Where nobody reads, the database still has the little memory of one that is being built.
        if (!settings.HasReaders)
            generation.ServeReaders();
        var day = DayOf(takenAt);
        var edition = days.NextEdition(day);
        return Writing(
            day,
            edition,
            (path, rows) =>
            {
                SnapshotWriter.Write(generation, path, rows, cancellationToken);
                var kept = days.Publish(day, edition)?.Description;
                if (kept is not null)
                    HistoryLog.Kept(logger, day, kept.Rows, kept.Bytes);
                return kept;
            }
        );
    }

    /// <inheritdoc/>
    public IReadOnlyList<DateOnly> ThinOut(HistoryKeep keep, CancellationToken cancellationToken)
    {
        var all = days.All;
        // A damaged one takes nobody's place, and stays to be looked at as long as it would have stayed anyway.
        var whole = keep.Choose(all.Where(snapshot => snapshot.Damage is null).Select(snapshot => snapshot.Day));
        var either = keep.Choose(all.Select(snapshot => snapshot.Day));
        List<DateOnly> removed =
        [
            .. all.Where(snapshot => !(snapshot.Damage is null ? whole : either).ContainsKey(snapshot.Day))
                .Select(snapshot => snapshot.Day),
        ];
        foreach (var day in removed)
            days.Remove(day);
        if (removed.Count > 0)
            HistoryLog.ThinnedOut(logger, removed.Count, string.Join(", ", removed));
        return removed;
    }

    /// <inheritdoc/>
    public long Erase(TimeSpan within, CancellationToken cancellationToken)
    {
        var looks = days.Folder.ReadLooks();
        var now = time.GetUtcNow();
        List<SnapshotFile> due = [.. days.Whole.Where(file => now - LookedAt(file) >= within * LookAfter)];
        if (due.Count == 0 || generations.Snapshot is null)
            return 0;
        var present = Present();
        if (present.Length == 0)
        {
            // A source that answers with nothing is far likelier than a platform that everybody has left.
            HistoryLog.NobodyPresent(logger);
            return 0;
        }

        var erased = 0L;
        foreach (var file in due)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Erase(file, present, cancellationToken) is not { } rows)
                continue;
            erased += rows;
            looks[file.Day] = now;
            days.Folder.WriteLooks(
                looks
                    .Where(look => days.Whole.Any(kept => kept.Day == look.Key))
                    .ToDictionary(look => look.Key, look => look.Value)
            );
        }

        return erased;

        DateTimeOffset LookedAt(SnapshotFile file) =>
            looks.TryGetValue(file.Day, out var look) && look > file.Notes.TakenAt ? look : file.Notes.TakenAt;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DailySnapshot>> ExamineAsync(CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                foreach (var file in days.Whole)
                {
                    using var lease = file.TryEnter();
                    if (lease is null)
                        continue;
                    try
                    {
                        file.Examine(cancellationToken);
                    }
                    catch (Exception e) when (e is InvalidDataException or IOException)
                    {
                        days.Damage(file, e.Message);
                    }
                }

                return days.All;
            },
            cancellationToken
        );

    /// <summary>Ends when the last reader of a day has left; nobody enters any more.</summary>
    public Task CloseAsync() => days.CloseAsync();

    private bool IsKept(DateOnly day) => days.Whole.Any(file => file.Day == day);

    /// <returns>Rows that were taken out; null if the file could not be read.</returns>
    private long? Erase(SnapshotFile file, long[] present, CancellationToken cancellationToken)
    {
        using var lease = file.TryEnter();
        if (lease is null)
            return null;
        try
        {
            using var database = file.Connect();
            var gone = SnapshotRewriter.Gone(database, present);
            if (gone.Count == 0)
                return 0;
            var edition = file.Edition + 1;
            return Writing(
                file.Day,
                edition,
                (path, rows) =>
                {
                    SnapshotRewriter.Write(file, database, gone, path, rows, cancellationToken);
                    days.Publish(file.Day, edition);
                    HistoryLog.Erased(logger, file.Day, gone.Count);
                    return gone.Count;
                }
            );
        }
        catch (InvalidDataException e)
        {
            days.Damage(file, e.Message);
            return null;
        }
        catch (DuckDBException e) when (StoreFault.Of(e) is { Kind: FaultKind.Damage } fault)
        {
            days.Damage(file, fault.Text);
            return null;
        }
    }

    private long[] Present()
    {
        using var lease = generations.EnterCurrent();
        using var use = lease.Generation.Connect();
        long[] ids = [.. use.Database.Rows("select distinct user_id from live_reports", row => row.GetInt64(0))];
        Array.Sort(ids);
        return ids;
    }

    /// <summary>Writes a file; what is left of it after a failure goes at once.</summary>
    private T Writing<T>(DateOnly day, int edition, Func<string, string, T> write)
    {
        var (path, rows) = (days.Folder.PartOf(day, edition), days.Folder.RowsOf(day, edition));
        try
        {
            days.Folder.Make();
            return write(path, rows);
        }
        catch (Exception e) when (StoreFault.Of(e) is { Kind: not FaultKind.Damage } fault)
        {
            throw new StoreUnavailableException(
                $"The snapshot of {day:yyyy-MM-dd} could not be written: {fault.Text}",
                e
            );
        }
        finally
        {
            Discard(path);
            Discard(rows);
        }
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start clears it away.
        }
    }

    private static DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime);
}
