using System.Text;

namespace UserReports.Core.Query;

/// <summary>
/// The one meaning of "case-insensitive": text that folds to the same text is equal. Stored copies, values of queries
/// and the store's own function all use it, so that every engine gives the same answer.
/// </summary>
public static class CaseFolding
{
    /// <summary>
    /// Folds upper and title case, final sigma, long s, Kelvin and Ångström signs, and sharp s to <c>ss</c>.
    /// </summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        // Upper case first brings together letters whose lower case alone differs (ς and σ, ſ and s, µ and μ).
        return text.ToUpperInvariant()
            .ToLowerInvariant()
            .Replace("ß", "ss", StringComparison.Ordinal)
            .Replace("ẞ", "ss", StringComparison.Ordinal)
            .Replace('ς', 'σ')
            .Replace('ſ', 's')
            .Replace('\u212a', 'k')
            .Replace('\u212b', 'å');
    }
}
