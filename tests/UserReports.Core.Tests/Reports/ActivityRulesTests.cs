using UserReports.Core.Reports;
using UserReports.Core.Tests.Billing;

namespace UserReports.Core.Tests.Reports;

public sealed class ActivityRulesTests
{
    private static readonly DateTimeOffset Now = Given.Utc("2026-11-20T12:00:00");

    [Theory]
    [InlineData(null, null, null, null, 323L)]
    [InlineData("2026-11-18T12:00:01", null, null, "2026-11-18T12:00:01", 1L)]
    [InlineData("2026-11-10", "2026-11-12T01:02:03", "2026-11-11", "2026-11-12T01:02:03", 8L)]
    [InlineData("2026-11-10", "2026-11-11T01:02:03", "2026-11-11", "2026-11-11T23:59:59", 8L)]
    [InlineData(null, null, "2026-11-20", "2026-11-20T23:59:59", 0L)]
    public void Of_SignsOfLife_TheLatestCounts(
        string? lastLogin,
        string? project,
        string? submission,
        string? expected,
        long inactiveDays
    )
    {
        var activity = ActivityRules.Of(
            Account(lastLogin, project),
            new(submission is null ? null : DateOnly.Parse(submission, null), null, 0, null),
            Now
        );

        Assert.Equal(expected is null ? null : Given.Utc(expected), activity.LastActivity);
        Assert.Equal(inactiveDays, activity.InactiveDays);
        Assert.Equal(submission is null ? null : Given.Utc(submission), activity.LastSubmissionDate);
    }

    [Fact]
    public void Of_NothingKnownAtAll_HasNoDays() =>
        Assert.Null(ActivityRules.Of(Account(null, null, joined: null), AccountActivity.None, Now).InactiveDays);

    [Fact]
    public void Of_Counters_AreToldByWeek()
    {
        long[] weeks = [1, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8];
        var activity = ActivityRules.Of(Account(null, null), new(null, weeks, 24, true), Now);
        Assert.Equal(
            (8, 24, true),
            (activity.SubmissionsLast7Days, activity.SubmissionsLast30Days, activity.SubmissionsSuspended)
        );
        Assert.Equal(weeks, activity.SubmissionsByWeek);
        Assert.Equal(12, ActivityRules.Of(Account(null, null), AccountActivity.None, Now).SubmissionsByWeek.Count);
    }

    private static Account Account(string? lastLogin, string? project, string? joined = "2026-01-01") =>
        new()
        {
            Id = 1,
            Username = "u",
            FirstName = "",
            LastName = "",
            Email = "",
            IsSuperuser = false,
            IsStaff = false,
            IsActive = true,
            DateJoined = joined is null ? null : Given.Utc(joined),
            LastLogin = lastLogin is null ? null : Given.Utc(lastLogin),
            LastProjectActivity = project is null ? null : Given.Utc(project),
            ValidatedEmail = false,
            MfaIsActive = false,
            AcceptedTos = false,
            ExtraDetails = ExtraDetails.None,
            AssetCount = 0,
            ActiveProjectCount = 0,
        };
}
