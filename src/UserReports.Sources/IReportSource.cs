using UserReports.Core.Reports;
using UserReports.Sources.Counting;

namespace UserReports.Sources;

/// <summary>The two source databases of one platform. Nothing is ever written to them.</summary>
/// <remarks>
/// Every member throws <see cref="SourceException"/> when a database cannot be reached, refuses, or does not answer
/// within the statement timeout; the message says which and what to do and holds no credential. Members may be called
/// concurrently.
/// </remarks>
public interface IReportSource : IAsyncDisposable
{
    /// <summary>
    /// Which tables and columns are there, and what the report lacks without the missing ones; read once, then kept.
    /// </summary>
    /// <exception cref="SourceException">A required table or column is missing; the message names it.</exception>
    Task<SourceInspection> InspectAsync(CancellationToken cancellationToken);

    /// <summary>
    /// To be called before a run reads its ranges: what they all need, and who buys anything at all, is read once for
    /// all of them, and anew after a minute; organisations that accounts of several ranges belong to are known for a
    /// minute, too. Single accounts are read without it.
    /// </summary>
    Task BeginRunAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Cuts all account ids into ranges of about <paramref name="accountsPerRange"/> accounts, in order and without
    /// gaps: the first begins at the smallest id there can be, the last ends at the largest, so that an account made
    /// later is met as well.
    /// </summary>
    /// <returns>At least one range, each with the number of accounts in it at this moment.</returns>
    Task<IReadOnlyList<CutRange>> CutRangesAsync(int accountsPerRange, CancellationToken cancellationToken);

    /// <summary>Cuts a range likewise, into parts of about <paramref name="accountsPerPart"/> accounts.</summary>
    Task<IReadOnlyList<CutRange>> CutAsync(
        AccountRange range,
        int accountsPerPart,
        CancellationToken cancellationToken
    );

    /// <summary>Reads a range of accounts.</summary>
    /// <param name="now">The instant that the batch is of: it says which billing period an organisation has.</param>
    Task<SourceBatch> ReadRangeAsync(AccountRange range, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Reads the accounts with these ids; those that do not exist are left out.</summary>
    /// <inheritdoc cref="ReadRangeAsync"/>
    Task<SourceBatch> ReadAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>An account's submissions by day, within retention.</summary>
    /// <param name="organizationId">Whose owner's submissions are wanted, too; null for none.</param>
    /// <param name="today">The last day.</param>
    Task<DailySubmissions> ReadSubmissionsAsync(
        long accountId,
        string? organizationId,
        DateOnly today,
        CancellationToken cancellationToken
    );

    /// <summary>The accounts with these usernames and the organisations with these identifiers.</summary>
    Task<KnownNames> FindNamesAsync(
        IReadOnlyCollection<string> usernames,
        IReadOnlyCollection<string> organizationIds,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Everybody who belongs to one of these organisations, or to one that one of these accounts owns; ordered by id.
    /// </summary>
    Task<IReadOnlyList<long>> MembersAsync(
        IReadOnlyCollection<long> ownerIds,
        IReadOnlyCollection<string> organizationIds,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Usernames from the first two characters of this one on, in the database's order: among them what somebody may
    /// have meant.
    /// </summary>
    Task<IReadOnlyList<string>> UsernamesNearAsync(string username, int max, CancellationToken cancellationToken);
}

/// <summary>What there is of the names that were asked for.</summary>
/// <param name="Accounts">Their numbers, by username.</param>
/// <param name="Organizations">Identifiers.</param>
public sealed record KnownNames(IReadOnlyDictionary<string, long> Accounts, IReadOnlySet<string> Organizations);

/// <summary>A range and how many accounts it held when it was cut.</summary>
public readonly record struct CutRange(AccountRange Range, long Accounts);

/// <summary>What the sources offer.</summary>
/// <param name="HasStripe">False without any Stripe table.</param>
/// <param name="Notes">One line per optional table or column that is missing, with what the report then lacks.</param>
public sealed record SourceInspection(bool HasStripe, IReadOnlyList<string> Notes);

/// <summary>A source database failed; the message is fit for an operator.</summary>
public sealed class SourceException(string message, Exception? inner = null, bool isTransient = false)
    : Exception(message, inner)
{
    /// <summary>
    /// True if the same call may succeed later (connection lost, server restarting, statement timeout).
    /// </summary>
    public bool IsTransient { get; } = isTransient;
}
