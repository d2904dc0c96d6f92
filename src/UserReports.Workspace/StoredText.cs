using System.Data.Common;
using System.Text;

namespace UserReports.Workspace;

/// <summary>Texts that people typed, as every engine takes them.</summary>
internal static class StoredText
{
    /// <summary>The text without what is no text: the character zero, and halves of characters.</summary>
    public static string Of(string text)
    {
        var isClean = true;
        foreach (var rune in text.EnumerateRunes())
            isClean &= rune.Value != 0 && rune != Rune.ReplacementChar;
        if (isClean)
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }

    /// <summary>A column's text; null where it has none.</summary>
    public static string? In(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
