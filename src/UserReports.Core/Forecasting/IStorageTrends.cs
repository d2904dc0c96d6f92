namespace UserReports.Core.Forecasting;

/// <summary>How the stored bytes of some accounts' rows have gone on.</summary>
public interface IStorageTrends
{
    /// <summary>Of one row; the default where nothing is known.</summary>
    /// <param name="organizationId">Null for an account without an organisation.</param>
    StorageTrend Find(long userId, string? organizationId);
}
