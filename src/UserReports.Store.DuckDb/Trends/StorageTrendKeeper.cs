using Microsoft.Extensions.Logging;
using UserReports.Core.Forecasting;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Generations;

namespace UserReports.Store.DuckDb.Trends;

/// <summary>
/// Works out once a day how stored bytes have gone on, and tells it to whoever computes rows. A file that is missing,
/// damaged or of another form costs the trends until the next day's is written, and nothing else.
/// </summary>
internal sealed class StorageTrendKeeper(string path, IStorageHistory history, ILogger logger)
    : IStorageTrendKeeper,
        IDisposable
{
    private readonly Lock gate = new();
    private TrendFileReader? reader;
    private bool isOpened;

    /// <summary>The day of the latest snapshot that the trends are of; null for none.</summary>
    public DateOnly? Day => Reader()?.Day;

    /// <inheritdoc/>
    public DateOnly? WorkOut(CancellationToken cancellationToken)
    {
        if (history.Latest is not { } day || history.LatestWrittenAt is not { } written)
            return null;
        // The file bears the time of the snapshot that it is of: whoever was erased there must go here, too.
        if (Day == day && File.GetLastWriteTimeUtc(path) == written)
            return null;
        try
        {
            using var writer = new TrendFileWriter(path, day);
            foreach (var row in history.Read(day, StorageTrends.DaysMax, cancellationToken))
                writer.Add(row.UserId, row.OrganizationId, StorageTrends.Of(day, row.Stored.Span));
            writer.Complete();
            File.SetLastWriteTimeUtc(path, written);
        }
        catch (Exception e) when (StoreFault.Of(e) is { Kind: not FaultKind.Damage } fault)
        {
            throw new StoreUnavailableException($"The trends {path} cannot be written: {fault.Text}", e);
        }

        lock (gate)
        {
            // Whoever reads the one before may be in the midst of it; its file is closed when nobody knows it any more.
            reader = null;
            isOpened = false;
        }

        return day;
    }

    /// <inheritdoc/>
    public IStorageTrends? Read(AccountRange range) => Read(file => file.Read(range.FirstId, range.LastId));

    /// <inheritdoc/>
    public IStorageTrends? Read(IReadOnlyCollection<long> accountIds) => Read(file => file.Read(accountIds));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            reader?.Dispose();
            reader = null;
            isOpened = true;
        }
    }

    private TrendRows? Read(Func<TrendFileReader, TrendRows> read)
    {
        if (Reader() is not { } file)
            return null;
        try
        {
            return read(file);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            GiveUp(e.Message);
            return null;
        }
    }

    private TrendFileReader? Reader()
    {
        lock (gate)
        {
            if (isOpened)
                return reader;
            isOpened = true;
            if (!File.Exists(path))
                return null;
            try
            {
                return reader = TrendFileReader.Open(path);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                StoreLog.NoTrends(logger, path, e.Message);
                return null;
            }
        }
    }

    private void GiveUp(string problem)
    {
        lock (gate)
        {
            if (reader is null)
                return;
            reader = null;
        }

        StoreLog.NoTrends(logger, path, problem);
    }
}
