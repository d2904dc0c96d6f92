using Microsoft.Extensions.Logging;
using UserReports.Core.Forecasting;
using UserReports.Core.Reports;

namespace UserReports.Store.DuckDb.Trends;

/// <summary>
/// Works out once a day how stored bytes have gone on, and tells it to whoever computes rows. A file that is missing,
/// damaged or of another form costs the trends until the next day's is written, and nothing else.
/// </summary>
public sealed class StorageTrendKeeper : IStorageTrendReader, IDisposable
{
    private readonly string path;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private TrendFileReader? reader;
    private bool isOpened;

    internal StorageTrendKeeper(string path, ILogger logger)
    {
        this.path = path;
        this.logger = logger;
    }

    /// <summary>The day of the latest snapshot that the trends are of; null for none.</summary>
    public DateOnly? Day => Reader()?.Day;

    /// <summary>Works out the trends anew, after a day's snapshot has been written.</summary>
    /// <param name="day">Of that snapshot.</param>
    /// <exception cref="StoreUnavailableException">They cannot be written; those before stay.</exception>
    public async Task WorkOutAsync(IStorageHistory history, DateOnly day, CancellationToken cancellationToken)
    {
        try
        {
            using var writer = new TrendFileWriter(path, day);
            await foreach (
                var row in history.ReadAsync(day, StorageTrends.DaysMax, cancellationToken).ConfigureAwait(false)
            )
                writer.Add(row.UserId, row.OrganizationId, StorageTrends.Of(day, row.Stored.Span));
            writer.Complete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The trends {path} cannot be written: {e.Message}", e);
        }

        lock (gate)
        {
            // Whoever reads the one before may be in the midst of it; its file is closed when nobody knows it any more.
            reader = null;
            isOpened = false;
        }
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
