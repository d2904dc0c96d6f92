using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Native;
using UserReports.Store.DuckDb.Reading;
using UserReports.Store.History;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Statements;

namespace UserReports.Store.DuckDb.History;

/// <summary>
/// Two states that are held against each other: a day's snapshot, and a later one or the present rows; or the rows of
/// the run before, and the present ones. The database of the later one reads the earlier one's file too, so that one
/// statement asks both. Both stay until it is disposed of.
/// </summary>
internal sealed class ComparedStates : IDisposable
{
    private const string EarlierRows = "earlier_reports";

    private static readonly DuckDbDialect Earlier = DuckDbDialect.Of(SqlText.Constant(EarlierRows));

    private readonly SnapshotDays days;
    private readonly SnapshotFile? earlier;
    private readonly PreviousLease? previous;
    private readonly IDisposable? earlierLease;
    private readonly SnapshotFile? later;
    private readonly Generation? present;
    private readonly IDisposable laterLease;

    /// <param name="before">What the earlier snapshot was taken before; null for the rows of the run before.</param>
    /// <param name="to">What the later one was taken before; null for the present rows.</param>
    /// <exception cref="NoHistoryException">There is no such snapshot.</exception>
    /// <exception cref="NoSnapshotException">There are no present rows.</exception>
    public ComparedStates(SnapshotDays days, GenerationSet generations, DateTimeOffset? before, DateTimeOffset? to)
    {
        if (before is null && to is not null)
            throw new ArgumentException("The run before is compared with the present alone.", nameof(to));
        this.days = days;
        if (before is { } moment)
            (earlier, earlierLease) = days.Enter(days.Before(moment).Day);
        try
        {
            if (to is { } instant)
            {
                (later, laterLease) = days.Enter(days.Before(instant).Day);
                return;
            }

            var lease = generations.EnterCurrent();
            (present, laterLease) = (lease.Generation, lease);
            if (before is null)
                earlierLease = previous = EnterPrevious(days, generations, lease);
        }
        catch
        {
            earlierLease?.Dispose();
            laterLease?.Dispose();
            throw;
        }
    }

    /// <summary>The earlier state.</summary>
    public SnapshotInfo From => earlier?.Snapshot ?? previous!.Snapshot;

    /// <summary>Rows of the larger one.</summary>
    public long Rows => Math.Max(From.Rows, (later?.Snapshot ?? present!.Snapshot).Rows);

    /// <summary>Asks both states at once.</summary>
    /// <param name="paths">Every path that is asked for.</param>
    /// <param name="read">Given what reads, and the statements over both states.</param>
    /// <exception cref="ChangedFieldException">A field had another type in one of them.</exception>
    public T Read<T>(
        IReadOnlyList<FieldPath> paths,
        Func<StatementReading, ComparisonSql, T> read,
        CancellationToken cancellationToken
    )
    {
        return earlier is { } day ? days.Read(day, () => ReadFrom(day)) : ReadPresent(PreviousGeneration.Selection);

        T ReadFrom(SnapshotFile day)
        {
            var table = day.Table();
            table.Check(paths);
            return later is { } file
                ? days.Read(file, () => ReadLater(file, table.Selection))
                : ReadPresent(PackedAsInTheTable(table.Selection));
        }

        T ReadPresent(string rows)
        {
            using var reading = new ReadTransaction(present!, cancellationToken);
            reading.Database.Execute($"create temp view {EarlierRows} as {rows}");
            return read(reading, new(Earlier, reading.Statements.Dialect));
        }

        T ReadLater(SnapshotFile file, string rows)
        {
            using var reading = new SnapshotReading(file, cancellationToken);
            reading.Check(paths);
            reading.Database.Execute($"create temp view {EarlierRows} as {rows}");
            return read(reading, new(Earlier, reading.Statements.Dialect));
        }
    }

    /// <summary>The documents of the earlier state at addresses.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ReadEarlier(IReadOnlyList<long> addresses) =>
        earlier is { } file ? days.Read(file, () => file.Read(addresses)) : previous!.Documents.Read(addresses);

    /// <summary>Those of the later one.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ReadLater(IReadOnlyList<long> addresses) =>
        later is { } file ? days.Read(file, () => file.Read(addresses)) : present!.Documents.Read(addresses);

    /// <summary>Keeps the rows of the run before the one that a lease keeps.</summary>
    /// <exception cref="NoHistoryException">They are not at hand.</exception>
    public static PreviousLease EnterPrevious(SnapshotDays days, GenerationSet generations, GenerationLease present)
    {
        try
        {
            return generations.TryEnterPrevious(present.Generation)
                ?? throw days.Nothing(
                    "The rows of the run before are not at hand: they are kept until the next run begins, where "
                        + "Refresh:KeepPrevious is on. Compare with a day."
                );
        }
        catch (Exception e) when (e is DuckDBException or IOException or StoreDamagedException)
        {
            throw days.Nothing(
                $"The rows of the run before cannot be read: {StoreFault.Of(e)?.Text ?? e.Message} Compare with a day."
            );
        }
    }

    /// <summary>What a reader is told of an error of the database.</summary>
    public StoreException Tell(StoreFault fault, DuckDBException e)
    {
        foreach (var file in new[] { earlier, later }.OfType<SnapshotFile>())
        {
            if (fault.Kind != FaultKind.Damage || IsWhole(file))
                continue;
            return days.Tell(file, fault, e);
        }

        if (present is { } generation && fault.NeedsReopening)
            generation.Suspect();
        return fault.AsReading(present?.DatabasePath ?? later!.Path, e);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // What is beside the present generation's database leaves before it does.
        earlierLease?.Dispose();
        laterLease.Dispose();
    }

    private static bool IsWhole(SnapshotFile file)
    {
        try
        {
            file.Examine(CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return false;
        }
    }

    /// <summary>The table's functions for lists take bytes; JSON without codes is what it is.</summary>
    private static string PackedAsInTheTable(string selection)
    {
        var lists = ReportColumns
            .All.Where(column => column.SqlType == "BLOB")
            .Select(column => ReportColumns.Quote(column.Name))
            .Select(name => $"encode({name}) as {name}");
        return $"select * replace ({string.Join(", ", lists)}) from ({selection})";
    }
}
