namespace UserReports.Sources.Counting;

/// <summary>Submissions by day, as the platform's own counters have them.</summary>
/// <param name="FirstDay">The first day of which the platform keeps counters.</param>
/// <param name="LastDay">The last one: today, which is not over.</param>
/// <param name="ToOrganization">
/// Those to the projects of the organisation's owner, on days that had any; without an organisation the account's own,
/// and none where the organisation has no owner.
/// </param>
/// <param name="ToAccount">Those to the account's own projects, on days that had any.</param>
public sealed record DailySubmissions(
    DateOnly FirstDay,
    DateOnly LastDay,
    IReadOnlyDictionary<DateOnly, long> ToOrganization,
    IReadOnlyDictionary<DateOnly, long> ToAccount
)
{
    /// <summary>How many there were on a day to the projects of the organisation's owner.</summary>
    /// <returns>0 for none; null for a day of which no counters are kept.</returns>
    public long? ToOrganizationOn(DateOnly day) => On(ToOrganization, day);

    /// <summary>How many there were on a day to the account's own projects.</summary>
    /// <inheritdoc cref="ToOrganizationOn"/>
    public long? ToAccountOn(DateOnly day) => On(ToAccount, day);

    private long? On(IReadOnlyDictionary<DateOnly, long> counts, DateOnly day) =>
        day < FirstDay || day > LastDay ? null : counts.GetValueOrDefault(day);
}
