using System.Globalization;

namespace UserReports.Core.Query.Patterns;

/// <summary>What is said of texts that are no patterns: the rest of a sentence without its full stop.</summary>
internal static class PatternFault
{
    public static string At(int at, string what, string fault) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} at its character {at} {fault}");

    /// <summary>Of an escape that begins at a place.</summary>
    public static string Escape(string pattern, int start)
    {
        var rest = pattern.AsSpan(start);
        var length = rest.Length > 2 && char.IsHighSurrogate(rest[1]) ? 3 : Math.Min(2, rest.Length);
        return At(start, $"\"{rest[..length]}\"", "is no escape that is known (back-references are not supported)");
    }
}
