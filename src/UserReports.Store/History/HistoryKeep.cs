using System.Globalization;

namespace UserReports.Store.History;

/// <summary>How many snapshots are kept: of days, of weeks and of months.</summary>
/// <remarks>
/// The newest so many days that have one are kept; then, for the newest so many weeks (they begin on Monday) and
/// months, the first snapshot of each. One snapshot may stand for all three.
/// </remarks>
public sealed record HistoryKeep(int Daily, int Weekly, int Monthly)
{
    /// <summary>More of a kind than anybody looks back on.</summary>
    private const int PlacesMax = 4000;

    /// <summary>What is kept where nobody says otherwise.</summary>
    public static readonly HistoryKeep Usual = new(35, 12, 24);

    /// <summary>As the setting is written: <c>daily:35,weekly:12,monthly:24</c>, each kind at most once.</summary>
    /// <returns>Null if the text is not that, or keeps nothing.</returns>
    public static HistoryKeep? Parse(string text)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (
                part.Split(':', StringSplitOptions.TrimEntries)
                    is not [("daily" or "weekly" or "monthly") and var kind, var digits]
                || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                || count > PlacesMax
                || !places.TryAdd(kind, count)
            )
                return null;
        }

        var keep = new HistoryKeep(
            places.GetValueOrDefault("daily"),
            places.GetValueOrDefault("weekly"),
            places.GetValueOrDefault("monthly")
        );
        return keep is { Daily: 0, Weekly: 0, Monthly: 0 } ? null : keep;
    }

    /// <summary>What each day with a snapshot is kept as; days that are not named are kept no longer.</summary>
    public IReadOnlyDictionary<DateOnly, KeptAs> Choose(IEnumerable<DateOnly> days)
    {
        List<DateOnly> newest = [.. days.Distinct().OrderDescending()];
        var kept = new SortedDictionary<DateOnly, KeptAs>();
        foreach (var day in newest.Take(Daily))
            kept[day] = KeptAs.Daily;
        Add(newest.GroupBy(MondayOf).Select(week => week.Min()).Take(Weekly), KeptAs.Weekly);
        Add(newest.GroupBy(day => (day.Year, day.Month)).Select(month => month.Min()).Take(Monthly), KeptAs.Monthly);
        return kept;

        void Add(IEnumerable<DateOnly> firsts, KeptAs place)
        {
            foreach (var day in firsts)
                kept[day] = kept.GetValueOrDefault(day) | place;
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(
            ",",
            new[] { ("daily", Daily), ("weekly", Weekly), ("monthly", Monthly) }
                .Where(place => place.Item2 > 0)
                .Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.Item1}:{place.Item2}"))
        );

    private static DateOnly MondayOf(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}

/// <summary>Why a snapshot is kept.</summary>
[Flags]
public enum KeptAs
{
    /// <summary>It is kept no longer.</summary>
    None = 0,

    /// <summary>Its day is one of the newest.</summary>
    Daily = 1,

    /// <summary>It is the first of its week.</summary>
    Weekly = 2,

    /// <summary>It is the first of its month.</summary>
    Monthly = 4,
}
