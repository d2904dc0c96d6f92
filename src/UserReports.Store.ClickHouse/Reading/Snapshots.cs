using UserReports.Store.ClickHouse.Dialect;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.Shared;
using UserReports.Store.Sql.Statements;

namespace UserReports.Store.ClickHouse.Reading;

/// <summary>What is read now: asked of the ledger once for each question.</summary>
internal sealed class Snapshots(ClickHouseServer server, ISharedLedger ledger, TimeProvider time)
{
    /// <summary>What was seen longer ago is asked for anew by whoever looks.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>A generation that is used says so at least so often.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(5);

    /// <summary>How long a question waits for a ledger that does not answer, where there is something to go on
    /// with.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private SharedGeneration? latest;
    private long seenAt;
    private long askedAt;
    private long renewedAt;
    private int asking;
    private bool isAway;

    /// <summary>The last that was seen; whoever looks has a newer one asked for, if that was long ago.</summary>
    public SharedGeneration? Latest
    {
        get
        {
            AskInBackground();
            return Volatile.Read(ref latest);
        }
    }

    /// <summary>While the ledger does not answer: how long ago it did.</summary>
    public TimeSpan? Unconfirmed => Volatile.Read(ref isAway) ? time.GetElapsedTime(Volatile.Read(ref seenAt)) : null;

    /// <summary>How long one goes on with what the ledger said last: half of the time for which a generation stays that
    /// nobody uses, so that whoever begins at its end has as long again.</summary>
    private TimeSpan Kept => server.Settings.UnusedFor / 2;

    /// <summary>What is to be read. While the ledger does not answer that is, for a time, what it said last.</summary>
    /// <exception cref="NoSnapshotException">There is nothing to read yet.</exception>
    /// <exception cref="StoreUnavailableException">The ledger has not answered for too long.</exception>
    public async Task<Snapshot> EnterAsync(CancellationToken cancellationToken)
    {
        var generation = await CurrentAsync(cancellationToken) ?? throw new NoSnapshotException();
        var shape = await server.Cluster.ShapeAsync(cancellationToken);
        return new(generation, ReportTables.Complete(generation.Name, server.Settings, shape), Unconfirmed);
    }

    /// <summary>Says that a generation is still being read, if the ledger can be told: it stays for a time
    /// without.</summary>
    public async Task RenewAsync(SharedGeneration generation, CancellationToken cancellationToken)
    {
        if (!Volatile.Read(ref isAway))
            await IsToldAsync(token => ledger.RenewAsync(generation.Name, token), cancellationToken);
    }

    /// <summary>Asks the ledger.</summary>
    /// <exception cref="StoreUnavailableException">It does not answer.</exception>
    public async Task<SharedGeneration?> RefreshAsync(CancellationToken cancellationToken)
    {
        var found = await ledger.FindPublishedAsync(cancellationToken);
        // Tables of another version of the program cannot be read; the next run makes new ones.
        if (found is not null && found.Layout != ReportColumns.Layout)
            found = null;
        Volatile.Write(ref latest, found);
        Volatile.Write(ref seenAt, time.GetTimestamp());
        Volatile.Write(ref isAway, false);
        return found;
    }

    private async Task<SharedGeneration?> CurrentAsync(CancellationToken cancellationToken)
    {
        var known = Volatile.Read(ref latest);
        if (known is null || time.GetElapsedTime(Volatile.Read(ref seenAt)) > Kept)
            return await RefreshAsync(cancellationToken);
        if (Volatile.Read(ref isAway))
        {
            // One asks for all of them whether it is back.
            AskInBackground();
            return known;
        }

        async Task AskAsync(CancellationToken token)
        {
            known = await RefreshAsync(token);
            if (known is null || time.GetElapsedTime(Interlocked.Read(ref renewedAt)) <= Renewal)
                return;
            await ledger.RenewAsync(known.Name, token);
            Interlocked.Exchange(ref renewedAt, time.GetTimestamp());
        }

        if (!await IsToldAsync(AskAsync, cancellationToken))
            Volatile.Write(ref isAway, true);
        return known;
    }

    /// <summary>Whether the ledger did what it was asked for in good time.</summary>
    private async Task<bool> IsToldAsync(Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await ask(both.Token);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void AskInBackground()
    {
        var last = Math.Max(Volatile.Read(ref askedAt), Volatile.Read(ref seenAt));
        if (time.GetElapsedTime(last) <= Fresh || Interlocked.Exchange(ref asking, 1) != 0)
            return;
        Volatile.Write(ref askedAt, time.GetTimestamp());
        _ = RefreshInBackgroundAsync();
    }

    private async Task RefreshInBackgroundAsync()
    {
        try
        {
            // Whoever reads is told if it was in vain.
            await IsToldAsync(RefreshAsync, CancellationToken.None);
        }
        finally
        {
            Volatile.Write(ref asking, 0);
        }
    }
}

/// <summary>One state of the rows, and the statements that read it.</summary>
internal sealed class Snapshot
{
    /// <param name="unconfirmed">How long ago this was known to be the present state; null if it just was.</param>
    public Snapshot(SharedGeneration generation, ReportTables tables, TimeSpan? unconfirmed)
    {
        Generation = generation;
        Info = Describe(generation, unconfirmed);
        Tables = tables;
        Dialect = Tables.Dialect(generation);
        Pages = new(Dialect);
        Summaries = new(Dialect);
    }

    public SharedGeneration Generation { get; }

    public ReportTables Tables { get; }

    public ClickHouseDialect Dialect { get; }

    public PageSql Pages { get; }

    public SummarySql Summaries { get; }

    public SnapshotInfo Info { get; }

    public static SnapshotInfo Describe(SharedGeneration generation, TimeSpan? unconfirmed) =>
        new(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{generation.Name}.{generation.Change}"),
            generation.CompletedAt!.Value,
            generation.Figures.Rows,
            generation.Figures.Changed,
            unconfirmed
        );
}
