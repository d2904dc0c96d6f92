namespace UserReports.Core.Forecasting;

/// <summary>How a row's figures differ from those of some time ago.</summary>
/// <param name="StorageBytes7Days">Stored bytes less those of 7 days ago; null without a snapshot of that day.</param>
/// <param name="StorageBytes30Days">The same of 30 days ago.</param>
/// <param name="Submissions7DaysBefore">Submissions to the account's own projects on the 7 days before the last
/// 7.</param>
/// <param name="SubmissionsPercent">Those of the last 30 days in percent of those of the 30 days before, halves rounded
/// up; null where there were none.</param>
public sealed record Trend(
    long? StorageBytes7Days,
    long? StorageBytes30Days,
    long Submissions7DaysBefore,
    long? SubmissionsPercent
)
{
    /// <summary>Nothing was done, and nothing is known of the past.</summary>
    public static readonly Trend None = new(null, null, 0, null);
}
