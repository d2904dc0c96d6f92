using UserReports.Core.Billing;
using UserReports.Sources.Connections;

namespace UserReports.Sources.Counting;

/// <summary>Whose usage counts, and for which days.</summary>
/// <param name="Key">What the sum is for: an organisation's id.</param>
internal sealed record UsageWindow(string Key, long UserId, BillingPeriod Period)
{
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>Both count.</summary>
    public (DateOnly First, DateOnly Last) Days { get; } = (Period.FirstDay, Period.LastDay);

    /// <summary>
    /// Place, account, first and last day of the windows at some places, as four lists; days count from 1970, which
    /// both engines add to a date alike.
    /// </summary>
    public static IReadOnlyList<object> Arrays(
        SourceSession session,
        IReadOnlyList<UsageWindow> windows,
        IReadOnlyList<int> slots
    ) =>
        [
            session.List(slots),
            session.List(slots.Select(slot => (int)windows[slot].UserId)),
            session.List(slots.Select(slot => NumberOf(windows[slot].Days.First))),
            session.List(slots.Select(slot => NumberOf(windows[slot].Days.Last))),
        ];

    /// <summary>A day as a number of days since 1970.</summary>
    public static int NumberOf(DateOnly day) => day.DayNumber - Epoch.DayNumber;

    /// <summary>The day of such a number.</summary>
    public static DateOnly DayOf(long number) => DateOnly.FromDayNumber((int)number + Epoch.DayNumber);
}
