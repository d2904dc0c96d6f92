using System.Runtime.ExceptionServices;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Reading;
using UserReports.Store.History;

namespace UserReports.Store.DuckDb.History.Accounts;

/// <summary>Reads one account out of many days' files: of each the row group's accounts, and one block of documents.
/// </summary>
/// <remarks>
/// The database would take a year's files in seconds rather than a tenth of one: it reads each footer, which lists some
/// thousand pieces of columns, to look at one row.
/// </remarks>
internal sealed class AccountDayReader(SnapshotDays days, QueryExecutor queries)
{
    /// <inheritdoc cref="IReportHistory.FindAccountAsync"/>
    public async Task<IReadOnlyList<AccountDay>> FindAsync(
        long accountId,
        DateOnly first,
        DateOnly last,
        long? account,
        CancellationToken cancellationToken
    )
    {
        List<SnapshotFile> files = [.. days.Whole.Where(file => file.Day >= first && file.Day <= last)];
        if (files.Count == 0)
            return [];
        return await queries.RunAsync(
            account,
            QueryCost.Nothing,
            rows: 0,
            token => Read(files, accountId, token),
            (fault, e) => fault.AsReading(days.Folder.Path, e),
            cancellationToken
        );
    }

    private List<AccountDay> Read(List<SnapshotFile> files, long accountId, CancellationToken cancellationToken)
    {
        var found = new AccountDay?[files.Count];
        try
        {
            Parallel.For(
                0,
                files.Count,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = files[0].Database.Threads,
                    CancellationToken = cancellationToken,
                },
                i => found[i] = Read(files[i], accountId)
            );
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return [.. found.OfType<AccountDay>()];
    }

    /// <returns>Null for a day that is kept no longer, or is damaged.</returns>
    private AccountDay? Read(SnapshotFile file, long accountId)
    {
        using var lease = file.TryEnter();
        if (lease is null)
            return null;
        try
        {
            return new(file.Day, file.Notes.TakenAt, file.Read(file.RowsOf(accountId)));
        }
        catch (Exception e) when (DamageOf(e) is { } problem)
        {
            days.Damage(file, problem);
            return null;
        }
    }

    private static string? DamageOf(Exception e) =>
        e is AggregateException { InnerExceptions: [var inner, ..] } ? DamageOf(inner)
        : e is InvalidDataException ? e.Message
        : StoreFault.Of(e) is { Kind: FaultKind.Damage } fault ? fault.Text
        : null;
}
