using System.Globalization;

namespace UserReports.Sources.Load;

/// <summary>A time of day, in UTC, for which another budget applies; may pass midnight.</summary>
/// <param name="From">Included.</param>
/// <param name="Until">Not included.</param>
/// <param name="Share">The budget: a share of one core.</param>
public readonly record struct BudgetHours(TimeOnly From, TimeOnly Until, double Share)
{
    /// <summary>
    /// Reads <c>22:00-06:00=1.0, 12:00-13:00=0.1</c>; null if it is not written like that.
    /// </summary>
    public static IReadOnlyList<BudgetHours>? Read(string text)
    {
        List<BudgetHours> hours = [];
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                part.Split(['-', '='], StringSplitOptions.TrimEntries) is not [var from, var until, var share]
                || !TryTime(from, out var first)
                || !TryTime(until, out var end)
                || !double.TryParse(share, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || number is < SourceBudget.LeastShare or > SourceBudget.MostShare
            )
                return null;
            hours.Add(new(first, end, number));
        }

        if (hours.Count == 0)
            return [];
        return hours;
    }

    /// <summary>Whether it applies at an instant.</summary>
    public bool Contains(DateTimeOffset now) => TimeOnly.FromTimeSpan(now.UtcDateTime.TimeOfDay).IsBetween(From, Until);

    private static bool TryTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
