using UserReports.Core.Forecasting;

namespace UserReports.Core.Reports;

/// <summary>The fields that tell how figures go on.</summary>
internal static class ForecastFields
{
    /// <summary>How figures differ from those of some time ago.</summary>
    public static IReadOnlyList<Field> Trend(FieldBuilder<Trend> f) =>
        [
            f.Integer(
                    "storage_bytes_7_days",
                    t => t.StorageBytes7Days,
                    "Bytes stored less those of 7 days ago; null without a snapshot of that day."
                )
                .Nullable(),
            f.Integer(
                    "storage_bytes_30_days",
                    t => t.StorageBytes30Days,
                    "Bytes stored less those of 30 days ago; null without a snapshot of that day."
                )
                .Nullable(),
            f.Integer(
                "submissions_7_days_before",
                t => t.Submissions7DaysBefore,
                "Submissions to the account's own projects on the 7 days before the last 7."
            ),
            f.Integer(
                    "submissions_percent",
                    t => t.SubmissionsPercent,
                    "Submissions to the account's own projects on the last 30 days in percent of those of the 30 days "
                        + "before; null where there were none."
                )
                .Nullable(),
        ];

    /// <summary>When a metric's limit is reached.</summary>
    public static IReadOnlyList<Field> Forecast(FieldBuilder<Forecast> f) =>
        [
            f.Text(
                    "state",
                    x => ForecastStates.NameOf(x.State),
                    "projected, or why there is no date: over, unlimited, idle, too_new, irregular, period_ends_first."
                )
                .OneOf(ForecastStates.Names),
            f.Integer(
                    "days_to_limit",
                    x => x.DaysToLimit,
                    "In so many days the limit is reached at the usual pace; null unless the state is projected."
                )
                .Nullable(),
            f.Integer(
                    "days_to_limit_earliest",
                    x => x.DaysToLimitEarliest,
                    "In so many days the limit is reached at the fastest pace to be expected; null if not before the "
                        + "period's end."
                )
                .Nullable(),
            f.Instant("limit_date", x => x.LimitDate, "The day on which the limit is reached at the usual pace.")
                .Nullable(),
        ];
}
