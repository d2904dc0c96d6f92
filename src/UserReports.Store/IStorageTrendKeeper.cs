using UserReports.Core.Forecasting;
using UserReports.Core.Reports;

namespace UserReports.Store;

/// <summary>
/// How stored bytes have gone on, by the snapshots of past days: worked out once a day, and what runs and following
/// compute rows with.
/// </summary>
public interface IStorageTrendKeeper
{
    /// <summary>Of the accounts of a range; null where nothing is known of any, damage included.</summary>
    IStorageTrends? Read(AccountRange range);

    /// <summary>Of single accounts, likewise.</summary>
    IStorageTrends? Read(IReadOnlyCollection<long> accountIds);

    /// <summary>
    /// Works the trends out anew if there is a newer snapshot than the one that they are of. The work is done on the
    /// thread that calls, which is to be one of low priority.
    /// </summary>
    /// <returns>The day of that snapshot; null if there was nothing to do.</returns>
    /// <exception cref="StoreUnavailableException">They cannot be written; those before stay.</exception>
    DateOnly? WorkOut(CancellationToken cancellationToken);
}

/// <summary>A store that keeps no past days.</summary>
public sealed class NoStorageTrends : IStorageTrendKeeper
{
    /// <summary>The only one.</summary>
    public static readonly NoStorageTrends Instance = new();

    private NoStorageTrends() { }

    /// <inheritdoc/>
    public IStorageTrends? Read(AccountRange range) => null;

    /// <inheritdoc/>
    public IStorageTrends? Read(IReadOnlyCollection<long> accountIds) => null;

    /// <inheritdoc/>
    public DateOnly? WorkOut(CancellationToken cancellationToken) => null;
}
