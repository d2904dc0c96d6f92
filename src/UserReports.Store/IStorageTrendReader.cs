using UserReports.Core.Forecasting;
using UserReports.Core.Reports;

namespace UserReports.Store;

/// <summary>How stored bytes have gone on, as was worked out of past days; what runs and following compute rows
/// with.</summary>
public interface IStorageTrendReader
{
    /// <summary>Of the accounts of a range; null where nothing is known of any, damage included.</summary>
    IStorageTrends? Read(AccountRange range);

    /// <summary>Of single accounts, likewise.</summary>
    IStorageTrends? Read(IReadOnlyCollection<long> accountIds);
}

/// <summary>A store that keeps no past days.</summary>
public sealed class NoStorageTrends : IStorageTrendReader
{
    /// <summary>The only one.</summary>
    public static readonly NoStorageTrends Instance = new();

    private NoStorageTrends() { }

    /// <inheritdoc/>
    public IStorageTrends? Read(AccountRange range) => null;

    /// <inheritdoc/>
    public IStorageTrends? Read(IReadOnlyCollection<long> accountIds) => null;
}
