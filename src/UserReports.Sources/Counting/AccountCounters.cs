using UserReports.Core.Reports;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Counting;

/// <summary>
/// What an account's own counters of submissions add up to: one reading of them serves the organisation's usage and the
/// account's activity.
/// </summary>
internal sealed class AccountCounters
{
    private readonly long[] byWeek;
    private readonly long last30Days;
    private readonly long last30DaysBefore;
    private readonly DateOnly? lastDay;

    /// <summary>
    /// What a row says, from column 1 on: sum, sum within the period, last day with a counter above 0, number of nulls,
    /// and those of <see cref="RecentCounters"/>.
    /// </summary>
    public AccountCounters(SourceRow row)
    {
        Cumulative = row.Integer(1);
        InPeriod = row.Integer(2);
        lastDay = row.IsNull(3) ? null : UsageWindow.DayOf(row.Integer(3));
        HasNulls = row.Integer(4) > 0;
        (byWeek, last30Days, last30DaysBefore) = RecentCounters.Read(row, 5);
    }

    /// <summary>Within retention.</summary>
    public long Cumulative { get; }

    /// <summary>In the period that was asked for.</summary>
    public long InPeriod { get; }

    /// <summary>True if some counters are null.</summary>
    public bool HasNulls { get; }

    /// <summary>True if some sum does not fit 64 bits.</summary>
    public bool IsCut => CounterSums.IsCut(Cumulative) || CounterSums.IsCut(InPeriod);

    /// <summary>Sums of weeks, the oldest first.</summary>
    public IReadOnlyList<long> ByWeek => byWeek;

    /// <summary>What they say of the account's activity.</summary>
    public AccountActivity ActivityOf(bool? suspended) => new(lastDay, byWeek, last30Days, suspended, last30DaysBefore);
}
