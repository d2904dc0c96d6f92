using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;
using UserReports.Store.DuckDb.Caching;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.History;

namespace UserReports.Store.DuckDb.History;

/// <summary>The files of all days, and what is known of each.</summary>
internal sealed class SnapshotDays
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<DateOnly, SnapshotFile> files = [];
    private readonly SortedDictionary<DateOnly, DailySnapshot> damaged = [];
    private readonly Dictionary<DateOnly, int> editions = [];
    private readonly SnapshotCaches caches = new();
    private readonly SnapshotDatabase database;
    private readonly ILogger logger;

    /// <summary>Every file that is open, those among them whose day is no more but that somebody still reads.</summary>
    private readonly List<SnapshotFile> open = [];
    private bool closed;

    public SnapshotDays(HistoryFolder folder, StoreSettings settings, ILogger logger)
    {
        (Folder, database, this.logger) = (folder, new(folder.Path, settings), logger);
        foreach (var (day, edition) in folder.Clear())
            Add(day, edition);
    }

    public HistoryFolder Folder { get; }

    /// <summary>All, the newest first, damaged ones among them.</summary>
    public IReadOnlyList<DailySnapshot> All
    {
        get
        {
            lock (gate)
                return
                [
                    .. files
                        .Values.Select(file => file.Description)
                        .Concat(damaged.Values)
                        .OrderByDescending(snapshot => snapshot.Day),
                ];
        }
    }

    /// <summary>The whole ones, the oldest first.</summary>
    public IReadOnlyList<SnapshotFile> Whole
    {
        get
        {
            lock (gate)
                return [.. files.Values];
        }
    }

    /// <summary>The last whole one before an instant.</summary>
    /// <exception cref="NoHistoryException">There is none.</exception>
    /// <exception cref="NoSnapshotException">The store is closed.</exception>
    public SnapshotFile Before(DateTimeOffset instant)
    {
        lock (gate)
            return closed
                ? throw new NoSnapshotException()
                : files.Values.LastOrDefault(file => file.Notes.TakenAt < instant)
                    ?? throw Nothing("There is no snapshot so early.");
    }

    /// <summary>Keeps a day's file for a reader.</summary>
    /// <exception cref="NoHistoryException">The day is kept no longer.</exception>
    /// <exception cref="NoSnapshotException">The store is closed.</exception>
    public (SnapshotFile File, IDisposable Lease) Enter(DateOnly day)
    {
        lock (gate)
        {
            return closed ? throw new NoSnapshotException()
                : files.TryGetValue(day, out var file) && file.TryEnter() is { } lease ? (file, lease)
                : throw Nothing($"The snapshot of {Name(day)} cannot be read any more.");
        }
    }

    /// <summary>What was found out about a file.</summary>
    public SnapshotCache CacheOf(SnapshotFile file) => caches.Of(file.Snapshot);

    /// <summary>A number under which a day can be written.</summary>
    public int NextEdition(DateOnly day)
    {
        lock (gate)
            return editions.GetValueOrDefault(day) + 1;
    }

    /// <summary>Gives a file that was written its place; the one before it goes with its last reader.</summary>
    public SnapshotFile? Publish(DateOnly day, int edition)
    {
        Folder.Publish(day, edition);
        int before;
        SnapshotFile? old;
        lock (gate)
        {
            before = editions.GetValueOrDefault(day);
            files.TryGetValue(day, out old);
        }

        // Until the new one is open the old one answers.
        var made = Add(day, edition);
        if (old is not null)
            old.Retire(delete: true);
        else if (before > 0)
            File.Delete(Folder.FileOf(day, before));
        return made;
    }

    /// <summary>Removes a day.</summary>
    public void Remove(DateOnly day)
    {
        SnapshotFile? file;
        lock (gate)
        {
            files.Remove(day, out file);
            damaged.Remove(day);
        }

        if (file is not null)
            file.Retire(delete: true);
        else
            File.Delete(Folder.FileOf(day, editions[day]));
    }

    /// <summary>Reads a file; damage that shows is remembered, and the day left out.</summary>
    /// <exception cref="StoreDamagedException">The file is damaged.</exception>
    public T Read<T>(SnapshotFile file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw Damaged(file, e.Message, e);
        }
        catch (AggregateException e) when (e.InnerException is InvalidDataException inner)
        {
            throw Damaged(file, inner.Message, e);
        }
    }

    /// <summary>What a reader is told of an error of the database.</summary>
    public StoreException Tell(SnapshotFile file, StoreFault fault, DuckDBException e) =>
        fault.Kind == FaultKind.Damage ? Damaged(file, fault.Text, e) : fault.AsReading(file.Path, e);

    /// <summary>Remembers that a file is damaged.</summary>
    public void Damage(SnapshotFile file, string problem)
    {
        lock (gate)
        {
            if (!files.TryGetValue(file.Day, out var present) || present != file)
                return;
            files.Remove(file.Day);
            damaged[file.Day] = file.Description with { Damage = problem };
        }

        HistoryLog.Damaged(logger, file.Path, problem);
        file.Retire(delete: false);
    }

    /// <summary>Ends when the last reader has left; nobody enters any more.</summary>
    public async Task CloseAsync()
    {
        SnapshotFile[] left;
        lock (gate)
            (closed, left) = (true, [.. open]);
        await Task.WhenAll(left.Select(file => file.Retire(delete: false)));
        database.Dispose();
    }

    private SnapshotFile? Add(DateOnly day, int edition)
    {
        var path = Folder.FileOf(day, edition);
        SnapshotFile? file = null;
        string? problem = null;
        try
        {
            file = SnapshotFile.Open(day, edition, path, database);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problem = StoreFault.Refusal(e) ?? e.Message;
            HistoryLog.Damaged(logger, path, problem);
        }

        lock (gate)
        {
            editions[day] = edition;
            files.Remove(day);
            damaged.Remove(day);
            if (closed)
            {
                file?.Dispose();
                return null;
            }

            open.RemoveAll(one => one.IsClosed);
            if (file is not null)
            {
                files[day] = file;
                open.Add(file);
            }
            else
            {
                damaged[day] = new(day, StartOf(day), 0, new FileInfo(path).Length, new HashSet<string>(), problem);
            }
        }

        return file;
    }

    private StoreDamagedException Damaged(SnapshotFile file, string problem, Exception e)
    {
        Damage(file, problem);
        return new(
            $"The snapshot of {Name(file.Day)} is damaged and is left out from now on: {problem} Other days answer.",
            e
        );
    }

    /// <summary>What whoever asks for what is not there is told, with the days that are.</summary>
    public NoHistoryException Nothing(string reason)
    {
        lock (gate)
            return new(reason, [.. files.Keys.Reverse()]);
    }

    private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static string Name(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
