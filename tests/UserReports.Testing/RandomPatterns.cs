using System.Text;

namespace UserReports.Testing;

/// <summary>Texts that are regular expressions, or nearly.</summary>
public static class RandomPatterns
{
    private static readonly string[] Pieces =
    [
        .. "ab0-^$.|()()[]{}*+?\\,:=!<>P_é🦊\n/ ".EnumerateRunes().Select(rune => rune.ToString()),
        "(?:",
        "(?i)",
        "(?-s:",
        "(?m)",
        "(?s)",
        "(?U)",
        "(?mi-s:",
        "[^a\\n]",
        "(?P<n>",
        "(?<n>",
        "(?<m1>",
        "(?=",
        "(?<!",
        "(?>",
        "(?#",
        "(?",
        "{2}",
        "{0}",
        "{1}",
        "{0,}",
        "{3,}",
        "{2,5}",
        "{5,2}",
        "{1000}",
        "{1001}",
        "{500}",
        "{,3}",
        "{01}",
        "{2",
        "[a-z]",
        "[^",
        "[]",
        "[[:alpha:]]",
        "[:digit:]",
        "[[:x:]]",
        "[[:^word:]]",
        "[z-a]",
        "[\\d-z]",
        "[a-\\d]",
        "\\d",
        "\\D",
        "\\w",
        "\\s",
        "\\b",
        "\\B",
        "\\A",
        "\\z",
        "\\Z",
        "\\C",
        "\\G",
        "\\e",
        "\\cA",
        "\\Q",
        "\\E",
        "\\n",
        "\\v",
        "\\h",
        "\\1",
        "\\12",
        "\\0",
        "\\8",
        "\\x4f",
        "\\x{1F98A}",
        "\\x{110000}",
        "\\x{}",
        "\\x4",
        "\\u0041",
        "\\pL",
        "\\p{Greek}",
        "\\P{^Lu}",
        "\\p{",
        "\\pé",
        "\\_",
        "\\-",
        "\\]",
        "\\ ",
        "\\é",
        "\\🦊",
        "*?",
        "??",
        "+?",
        "**",
        "a*+",
    ];

    /// <summary>Some pieces, one after the other.</summary>
    public static string Make(Random random)
    {
        var pattern = new StringBuilder();
        for (var pieces = random.Next(1, 8); pieces > 0; pieces--)
            pattern.Append(Pieces[random.Next(Pieces.Length)]);
        return pattern.ToString();
    }
}
