using System.Text;
using UserReports.Core.Query.Values;
using UserReports.Store.Sql;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.ClickHouse.Dialect;

/// <summary>Texts in ClickHouse, whose regular expressions are RE2.</summary>
internal sealed class ClickHouseTexts : TextDialect
{
    /// <summary>Before a pattern: there a point is any character, here any but the end of a line.</summary>
    public const string PatternPrefix = "(?-s)";

    /// <inheritdoc cref="PatternPrefix"/>
    public const string PatternPrefixIgnoringCase = "(?i-s)";

    /// <summary>
    /// All characters beyond ASCII that folding changes, and what they become: the server's own folding is that of
    /// another version of Unicode.
    /// </summary>
    private static readonly Lazy<(SqlText From, SqlText To)> Folding = new(() =>
    {
        List<string> from = [];
        List<string> to = [];
        for (var point = 0x80; point <= 0x10FFFF; point++)
        {
            if (!Rune.IsValid(point))
                continue;
            var letter = new Rune(point).ToString();
            var folded = CaseFolding.Fold(letter);
            if (folded == letter)
                continue;
            from.Add(letter);
            to.Add(folded);
        }

        return (SqlText.Value(from), SqlText.Value(to));
    });

    /// <summary>Of ASCII the server's own function is right, and quick.</summary>
    public override SqlText Folded(SqlText text)
    {
        var there = SqlText.Of($"ifNull({text}, '')");
        return SqlText.Of(
            $"if({text} is null, null, if(length({there}) = lengthUTF8({there}), lower({there}), arrayStringConcat(arrayMap(c -> transform(lower(c), {Folding.Value.From}, {Folding.Value.To}, lower(c)), extractAll({there}, '(?s).')))))"
        );
    }

    public override SqlText Contains(SqlText text, string part) => SqlText.Of($"position({text}, {part}) > 0");

    public override SqlText StartsWith(SqlText text, string part) => SqlText.Of($"startsWith({text}, {part})");

    public override SqlText EndsWith(SqlText text, string part) => SqlText.Of($"endsWith({text}, {part})");

    public override SqlText Matches(SqlText text, string pattern, bool ignoresCase) =>
        SqlText.Of($"match({text}, {(ignoresCase ? PatternPrefixIgnoringCase : PatternPrefix) + pattern})");
}
