namespace UserReports.Core.Reports;

/// <content>The fields that tell whether anybody is still there.</content>
public static partial class ReportCatalogue
{
    private static IReadOnlyList<Field> Activity(FieldBuilder<Activity> f) =>
        [
            f.Instant(
                    "last_activity",
                    a => a.LastActivity,
                    "The latest of the last sign-in, the last change in a project and the last day with a submission, "
                        + "which counts to its end; null for none."
                )
                .Nullable(),
            f.Integer(
                    "inactive_days",
                    a => a.InactiveDays,
                    "Whole days from the last activity, or from when the account was made, to the row's computation."
                )
                .Nullable(),
            f.Instant(
                    "last_submission_date",
                    a => a.LastSubmissionDate,
                    "The last day within retention with a submission to the account's own projects; null for none."
                )
                .Nullable(),
            f.Integer(
                "submissions_last_7_days",
                a => a.SubmissionsLast7Days,
                "Submissions to the account's own projects on the last 7 days, today included."
            ),
            f.Integer(
                "submissions_last_30_days",
                a => a.SubmissionsLast30Days,
                "Submissions to the account's own projects on the last 30 days, today included."
            ),
            f.Series(
                "submissions_by_week",
                a => a.SubmissionsByWeek,
                Reports.Activity.Weeks,
                "Submissions to the account's own projects in 12 weeks, the oldest first; the last one ends today.",
                position =>
                    position == Reports.Activity.Weeks - 1
                        ? "The 7 days that end today."
                        : $"The week that ended {7 * (Reports.Activity.Weeks - 1 - position)} days ago."
            ),
            f.Boolean(
                    "submissions_suspended",
                    a => a.SubmissionsSuspended,
                    "The platform takes no submissions for the account; null where it does not say."
                )
                .Nullable(),
        ];
}
