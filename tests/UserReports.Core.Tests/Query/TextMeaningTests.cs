using System.Text;
using UserReports.Core.Query.Values;

namespace UserReports.Core.Tests.Query;

public sealed class TextMeaningTests
{
    [Theory]
    [InlineData("Alice", "aLICE")]
    [InlineData("straße", "STRASSE")]
    [InlineData("straße", "STRAẞE")]
    [InlineData("σίσυφος", "ΣΊΣΥΦΟΣ")]
    [InlineData("Ångström", "\u212bngström")]
    [InlineData("kelvin", "\u212aelvin")]
    [InlineData("ſharp", "SHARP")]
    [InlineData("ПРИВЕТ", "привет")]
    [InlineData("ÉCOLE", "école")]
    [InlineData("ǅ", "ǆ")]
    [InlineData("µ", "μ")]
    [InlineData("ﬁsh", "FISH")]
    [InlineData("ŉ", "\u02bcN")]
    [InlineData("İ", "i\u0307")]
    [InlineData("ᾼ", "αι")]
    [InlineData("և", "եւ")]
    public void Fold_SameButForCase_IsTheSame(string a, string b) =>
        Assert.Equal(CaseFolding.Fold(a), CaseFolding.Fold(b));

    [Theory]
    [InlineData("é", "e")]
    [InlineData("ı", "i")]
    [InlineData("日", "月")]
    public void Fold_DifferentLetters_StayDifferent(string a, string b) =>
        Assert.NotEqual(CaseFolding.Fold(a), CaseFolding.Fold(b));

    [Fact]
    public void Fold_EveryCharacter_FoldsOnce()
    {
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (!Rune.IsValid(code))
                continue;
            var folded = CaseFolding.Fold(new Rune(code).ToString());
            Assert.Equal(folded, CaseFolding.Fold(folded));
        }
    }

    [Fact]
    public void Compare_AnyTexts_AsTheirUtf8()
    {
        string[] texts =
        [
            "",
            "a",
            "B",
            "é",
            "\uD7FF",
            "\uE000",
            "\uFFFD",
            "\U00010000",
            "\U0010FFFF",
            "a\U00010000",
            "a\uE000",
            "ab",
        ];
        foreach (var a in texts)
        {
            foreach (var b in texts)
            {
                var expected = Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
                Assert.Equal(Math.Sign(expected), Math.Sign(CodePoints.Compare(a, b)));
            }
        }
    }
}
