namespace UserReports.Store.Shared;

/// <summary>
/// What an engine that several machines share keeps apart from its rows: runs and their ranges, which generation is
/// read, and which of its changes are.
/// </summary>
/// <remarks>
/// All of it may be asked by any number of processes at once. Whatever is decided here is decided in one transaction;
/// failures are those of <see cref="IRunLedger"/>.
/// </remarks>
public interface ISharedLedger : IRunLedger
{
    /// <summary>What is read now, or null before the first completed run.</summary>
    Task<SharedGeneration?> FindPublishedAsync(CancellationToken cancellationToken);

    /// <summary>The generation that a run in progress builds, or null if the run is not in progress.</summary>
    Task<SharedGeneration?> FindBuildingAsync(Guid run, CancellationToken cancellationToken);

    /// <summary>True if the token holds a live lease on every one of these ranges.</summary>
    Task<bool> HoldsAsync(
        Guid run,
        string ownerToken,
        IReadOnlyList<WrittenRange> ranges,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Marks ranges done whose rows have been written. False, with nothing changed, if the token does not hold a live
    /// lease on every one of them.
    /// </summary>
    /// <param name="claim">What the rows carry.</param>
    Task<bool> MarkDoneAsync(
        Guid run,
        string ownerToken,
        long claim,
        IReadOnlyList<WrittenRange> ranges,
        CancellationToken cancellationToken
    );

    /// <summary>What rows of a run carry that belong to it; null while ranges are missing or accounts are to be
    /// corrected.</summary>
    Task<IReadOnlySet<long>?> FindClaimsAsync(Guid run, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a run, and lets its generation be read in place of the present one. False if it is not in progress, or
    /// ranges are missing, or accounts are to be corrected.
    /// </summary>
    Task<bool> PublishAsync(Guid run, long rows, CancellationToken cancellationToken);

    /// <summary>
    /// The number that the next change of a generation's rows carries, and the state that it changes. One that was
    /// begun before and is not published is given up: its rows are never read. So the state is still the last one if
    /// this change is published.
    /// </summary>
    Task<(long Change, SharedGeneration Before)> BeginChangeAsync(
        string generation,
        CancellationToken cancellationToken
    );

    /// <summary>Lets a change be read. False if it was given up.</summary>
    /// <param name="figures">Those of the rows with the change.</param>
    Task<bool> PublishChangeAsync(
        string generation,
        long change,
        SharedFigures figures,
        CancellationToken cancellationToken
    );

    /// <summary>Remembers accounts that are to be corrected in the run in progress; nothing if there is none.</summary>
    Task TouchAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken);

    /// <inheritdoc cref="ICorrections.TouchedAsync"/>
    Task<IReadOnlyList<long>> TouchedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Forgets accounts that have been corrected, but not those that were touched after the last look.
    /// </summary>
    Task CorrectedAsync(Guid run, IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken);

    /// <summary>Says that a generation is being read, so that it stays.</summary>
    Task RenewAsync(string generation, CancellationToken cancellationToken);

    /// <summary>Generations that are no longer read and that nobody has used since.</summary>
    Task<IReadOnlyList<string>> FindUnusedAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Forgets a generation whose tables are gone.</summary>
    Task ForgetAsync(string generation, CancellationToken cancellationToken);
}

/// <summary>A generation as the ledger knows it.</summary>
/// <param name="Name">Letters and digits; its tables are called after it.</param>
/// <param name="Layout">Of its tables; who knows another one cannot read them.</param>
/// <param name="CompletedAt">When its run ended; null while it is built.</param>
/// <param name="Change">The last change that may be read; 0 for none.</param>
/// <param name="FirstChange">Changes up to this one belong to the run.</param>
/// <param name="GivenUp">Changes before that one that may not be read.</param>
public sealed record SharedGeneration(
    string Name,
    Guid Run,
    int Layout,
    DateTimeOffset? CompletedAt,
    long Change,
    long FirstChange,
    IReadOnlyList<long> GivenUp,
    SharedFigures Figures
);

/// <summary>How many rows there are.</summary>
/// <param name="Changed">Of them, changed since the run ended.</param>
/// <param name="Replaced">Rows of the run that are no more.</param>
public sealed record SharedFigures(long Rows, long Changed, long Replaced);

/// <summary>A range whose rows have been written.</summary>
public sealed record WrittenRange(
    Core.Reports.AccountRange Range,
    long Accounts,
    long Rows,
    IReadOnlyList<Core.Reports.DataWarning> Warnings
);
