using System.Globalization;

namespace UserReports.Core.Figures;

/// <summary>Numbers with the word for what is counted.</summary>
public static class Counted
{
    /// <summary>A number and its word: <c>1 row</c>, <c>1,234 rows</c>.</summary>
    /// <param name="one">The word for one of them.</param>
    /// <param name="several">The word for several; null for that of one with an s.</param>
    /// <param name="culture">How the number is written; null for no country's way, with commas.</param>
    public static string Of(long number, string one, string? several = null, CultureInfo? culture = null) =>
        $"{number.ToString("N0", culture ?? CultureInfo.InvariantCulture)} {Word(number, one, several)}";

    /// <summary>The word alone, for where the number stands by itself.</summary>
    public static string Word(long number, string one, string? several = null) =>
        number == 1 ? one : several ?? one + "s";
}
