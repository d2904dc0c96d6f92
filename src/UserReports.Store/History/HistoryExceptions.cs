using System.Globalization;

namespace UserReports.Store.History;

/// <summary>There is no snapshot that could answer.</summary>
/// <param name="days">The days that have one, the newest first.</param>
/// <param name="reason">What there is not, in one sentence.</param>
public sealed class NoHistoryException(string reason, IReadOnlyList<DateOnly> days)
    : StoreException($"{reason} {Words(days)}", null)
{
    private const int DaysNamedMax = 10;

    /// <inheritdoc cref="NoHistoryException(string, IReadOnlyList{DateOnly})" path="/param[@name='days']"/>
    public IReadOnlyList<DateOnly> Days { get; } = days;

    private static string Words(IReadOnlyList<DateOnly> days) =>
        days.Count switch
        {
            0 => "No day has been kept yet; the first run of each UTC day is.",
            <= DaysNamedMax => $"There are {string.Join(", ", days.Select(Name))}.",
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"There are {days.Count} days from {Name(days[^1])} on; the newest are {string.Join(", ", days.Take(DaysNamedMax).Select(Name))}."
            ),
        };

    private static string Name(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>A field that a question names had another type when the snapshot was taken.</summary>
/// <param name="path">The field.</param>
/// <param name="was">What it was then.</param>
/// <param name="now">What it is now.</param>
public sealed class ChangedFieldException(string path, string was, string now)
    : StoreException(
        $"The field {path} was {was} in the snapshot of that day and is {now} now, so it cannot be asked for there. Leave it out, or ask of a later day.",
        null
    )
{
    /// <inheritdoc cref="ChangedFieldException(string, string, string)" path="/param[@name='path']"/>
    public string Path { get; } = path;
}
