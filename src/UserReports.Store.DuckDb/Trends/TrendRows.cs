using UserReports.Core.Forecasting;

namespace UserReports.Store.DuckDb.Trends;

/// <summary>Trends of some rows, in the order of accounts.</summary>
internal sealed class TrendRows : IStorageTrends
{
    private readonly List<long> ids = [];
    private readonly List<(ulong Organization, StorageTrend Trend)> rows = [];

    /// <summary>Adds a row of an account that is none before the last one's.</summary>
    public void Add(long userId, ulong organization, in StorageTrend trend)
    {
        ids.Add(userId);
        rows.Add((organization, trend));
    }

    /// <inheritdoc/>
    public StorageTrend Find(long userId, string? organizationId)
    {
        var place = ids.BinarySearch(userId);
        if (place < 0)
            return default;
        while (place > 0 && ids[place - 1] == userId)
            place--;
        var organization = TrendFile.KeyOf(organizationId);
        for (; place < ids.Count && ids[place] == userId; place++)
        {
            if (rows[place].Organization == organization)
                return rows[place].Trend;
        }

        return default;
    }
}
