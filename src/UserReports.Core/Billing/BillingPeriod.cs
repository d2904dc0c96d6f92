namespace UserReports.Core.Billing;

/// <summary>
/// The time for which usage is counted against a plan. As calendar days both ends are included: a submission on
/// the UTC date of <see cref="Start"/> counts, and so does one on the UTC date of <see cref="End"/>.
/// </summary>
/// <param name="Start">UTC.</param>
/// <param name="End">UTC. The period is over, and its rows are due, once this instant has passed.</param>
public readonly record struct BillingPeriod(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>The first day that counts.</summary>
    public DateOnly FirstDay => DateOnly.FromDateTime(Start.UtcDateTime);

    /// <summary>The last day that counts.</summary>
    public DateOnly LastDay => DateOnly.FromDateTime(End.UtcDateTime);
}
