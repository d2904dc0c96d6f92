namespace UserReports.Feed.Ledger;

/// <summary>What following has been told and not yet done, and where each feed goes on from; kept durably.</summary>
/// <remarks>
/// Once a member that writes has returned, nothing of it is lost, whatever is killed. Members may be called
/// concurrently, and throw <see cref="LedgerException"/> when the ledger cannot be read or written.
/// </remarks>
public interface IFollowLedger
{
    /// <summary>The position of the feed's last batch, or null if it begins.</summary>
    /// <param name="feed">By its name.</param>
    Task<string?> FindPositionAsync(string feed, CancellationToken cancellationToken);

    /// <summary>
    /// In one transaction: what the batch says is dirty, the run that it asks for, and its position.
    /// </summary>
    /// <param name="database"><c>platform</c> or <c>usage</c>: the batch's log position is that server's.</param>
    Task WriteAsync(string feed, string database, ChangeBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// In one transaction: the feed has no position any more, and a run is asked for in place of what it would have
    /// told.
    /// </summary>
    Task ForgetAsync(string feed, string database, string runReason, CancellationToken cancellationToken);

    /// <summary>What is dirty, in short.</summary>
    Task<DirtySummary> SummarizeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// What has been dirty longest, at most <paramref name="max"/>, among what can be read already.
    /// </summary>
    /// <param name="replayed">By database: up to which log position what is read shows all; a database that is not
    /// named shows everything.</param>
    Task<IReadOnlyList<DirtyEntry>> OldestAsync(
        int max,
        IReadOnlyDictionary<string, ulong> replayed,
        CancellationToken cancellationToken
    );

    /// <summary>Strikes entries out, but for those that were told again after they were taken.</summary>
    Task StrikeOutAsync(IReadOnlyCollection<DirtyEntry> entries, CancellationToken cancellationToken);

    /// <summary>In one transaction: drops every entry, and asks for a run instead.</summary>
    Task LeaveToRunAsync(string reason, CancellationToken cancellationToken);

    /// <summary>The runs that are asked for, the oldest first.</summary>
    Task<IReadOnlyList<RequestedRun>> RequestedRunsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// From now on a run reads what these requests are about, as far as the database's log position goes.
    /// </summary>
    /// <param name="replayed">As for <see cref="OldestAsync"/>.</param>
    Task ReadableAsync(IReadOnlyDictionary<string, ulong> replayed, CancellationToken cancellationToken);

    /// <summary>A run has completed: what could be read before it began is done.</summary>
    Task CompletedAsync(DateTimeOffset startedAt, CancellationToken cancellationToken);

    /// <summary>What the last samples of published rows showed; null before the first.</summary>
    Task<PublishedAccuracy?> FindAccuracyAsync(CancellationToken cancellationToken);

    /// <summary>Keeps what a sample showed.</summary>
    Task KeepAccuracyAsync(PublishedAccuracy accuracy, CancellationToken cancellationToken);
}

/// <summary>What a dirty entry names.</summary>
public enum DirtyKind
{
    /// <summary>An account whose own facts changed.</summary>
    Account = 0,

    /// <summary>An account whose usage changed, and with it every organisation that it owns.</summary>
    Owner = 1,

    /// <summary>An organisation, for everybody who belongs there.</summary>
    Organization = 2,
}

/// <summary>Something that may have changed and is to be computed anew.</summary>
/// <param name="Database">Where it changed.</param>
/// <param name="Name">An account's id, or an organisation's.</param>
/// <param name="Sequence">Another one each time that it is told.</param>
/// <param name="Lsn">Log position from which on the change can be read.</param>
/// <param name="FirstCommit">When the first change that is not done yet was committed, by the database's clock; if
/// only the batch is known, its first.</param>
public sealed record DirtyEntry(
    string Database,
    DirtyKind Kind,
    string Name,
    long Sequence,
    ulong Lsn,
    DateTimeOffset FirstCommit
);

/// <summary>What is dirty, in short.</summary>
/// <param name="Count">Entries.</param>
/// <param name="FirstCommits">By database: when its oldest entry's first change was committed; only where there is
/// one.</param>
public sealed record DirtySummary(long Count, IReadOnlyDictionary<string, DateTimeOffset> FirstCommits);

/// <summary>A run that is needed, until one that began later has completed.</summary>
/// <param name="Reason">As words for an operator.</param>
/// <param name="ReadableSince">By this machine's clock; null while a replica does not yet show what it is about.
/// </param>
public sealed record RequestedRun(
    string Database,
    string Reason,
    DateTimeOffset AskedAt,
    ulong Lsn,
    DateTimeOffset? ReadableSince
);

/// <summary>How right published rows are: some of them, computed anew and compared.</summary>
/// <param name="SampledAt">When.</param>
/// <param name="Rows">How many rows were compared.</param>
/// <param name="DifferingRows">How many of them differed.</param>
/// <param name="Fields">The fields that differed.</param>
public sealed record PublishedAccuracy(
    DateTimeOffset SampledAt,
    int Rows,
    int DifferingRows,
    IReadOnlyList<DifferingField> Fields
);

/// <summary>A field that differs between published rows and the sources.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Rows">In how many rows of the sample.</param>
/// <param name="Since">When a sample showed it first, without one between that did not.</param>
public sealed record DifferingField(string Path, int Rows, DateTimeOffset Since);

/// <summary>What following keeps cannot be read or written; the message says why and what to do.</summary>
public sealed class LedgerException(string message, Exception? inner = null) : Exception(message, inner);
