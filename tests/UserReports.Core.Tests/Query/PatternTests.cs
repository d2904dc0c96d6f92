using UserReports.Core.Query;
using UserReports.Core.Query.Patterns;
using UserReports.Testing;

namespace UserReports.Core.Tests.Query;

/// <summary>Regular expressions: what is taken, and what is said of the rest.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData("")]
    [InlineData("^(demo|test)_[0-9]{2,4}$")]
    [InlineData(@"(?i)(?P<name>\pL+)\.\p{Greek}\x{1F98A}🦊")]
    [InlineData(@"[]a-z\]\d[:alpha:]-]*?")]
    [InlineData(@"[[:alpha:]_]\Q(*\E")]
    [InlineData("a{,3}{x}{")]
    [InlineData("(a{10}){100}")]
    public void Regex_OfRe2_IsTaken(string pattern) => Assert.Null(FaultOf(pattern));

    [Theory]
    [InlineData("a)", "the parenthesis at its character 1 closes nothing")]
    [InlineData("((a)", "the parenthesis at its character 0 is not closed")]
    [InlineData("[a", "the bracket at its character 0 is not closed")]
    [InlineData("*a", "the repetition at its character 0 repeats nothing")]
    [InlineData("a|+", "the repetition at its character 2 repeats nothing")]
    [InlineData("a**", "the repetition at its character 2 repeats a repetition; put that in parentheses")]
    [InlineData("a{2,1}", "the repetition at its character 1 needs numbers in order, up to 1000")]
    [InlineData("a{1001}", "the repetition at its character 1 needs numbers in order, up to 1000")]
    [InlineData(
        "(a{100}){11}",
        "the repetition at its character 8 and those within it repeat more than 1000 times together"
    )]
    [InlineData("(ab){1000}(cdefg){1000}", "written out without repetition it has more than 4096 pieces")]
    [InlineData(@"(\pL?){50}", "written out without repetition it has more than 4096 pieces")]
    [InlineData("[z-a]", "the range at its character 3 ends before it begins")]
    [InlineData("[[:foo:]]", "the class at its character 1 has no known name")]
    [InlineData("(?P<a>x)(?P<a>y)", "the name of the group at its character 8 is not usable")]
    [InlineData(
        "a(?=b)",
        "the group at its character 1 is of a kind that is not known (look-around and conditions are not supported)"
    )]
    [InlineData(@"(a)\1", "\"\\1\" at its character 3 is no escape that is known (back-references are not supported)")]
    [InlineData(@"\🦊", "\"\\🦊\" at its character 0 is no escape that is known (back-references are not supported)")]
    [InlineData(@"\p{_}", "\"\\p\" at its character 0 is no escape that is known (back-references are not supported)")]
    [InlineData(@"a\", "\"\\\" at its character 1 is no escape that is known (back-references are not supported)")]
    public void Regex_ThatIsNone_SaysWhatAndWhere(string pattern, string fault) =>
        Assert.Equal($"\"{pattern}\" is no regular expression (RE2 syntax): {fault}.", FaultOf(pattern));

    /// <summary>With every flag at each leaf, and in one way whatever it was read from.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("^(demo|test)_[0-9]{2,4}$", @"\A(demo|test)\_[0-9]{2,4}\z")]
    [InlineData(@"(?i)(?P<name>\pL+)\.\p{Greek}", @"(?P<name>(?i)[\p{L}]+)(?i)\.[\p{Greek}]")]
    [InlineData(@"\x{1F98A}🦊é\n", @"\x{1F98A}\x{1F98A}\x{E9}\x{A}")]
    [InlineData(@"[]a-z\]\d[:alpha:]-]*?", @"[\]a-z\]\d[:alpha:]\-]*?")]
    [InlineData(@"[[:^alpha:]_]\Q(*\E", @"[[:^alpha:]\_]\(\*")]
    [InlineData("a{,3}{x}{", @"a\{\,3\}\{x\}\{")]
    [InlineData("(a{10}){100}", "(a{10}){100}")]
    [InlineData("(?:a(?i:b|c)(?-s)d|(?:))e", @"(?:a(?:(?i)b|c)d|)e")]
    [InlineData("(?m)^a$(?s).(?-ms:^.)", @"(?m)^a$(?s).\A(?-s).")]
    [InlineData(@"(?U)a+b+?\b\B\A\z\C", @"a+?b+\b\B\A\z\C")]
    [InlineData(@"a*\Q\E+", "(?:a*)+")]
    [InlineData(@"\Qab\E{2,}(?:cd)?", "ab{2,}(?:cd)?")]
    [InlineData("(?i)a(?-i:b)c", "(?i)a(?-i)b(?i)c")]
    public void Pattern_WrittenAnew_SaysTheSame(string pattern, string written)
    {
        Assert.Equal(written, PatternText.Write(Pattern.Parse(pattern)));
        AssertSame(pattern);
    }

    [Fact]
    [Trait("Category", "Random")]
    public void Pattern_AnyWrittenAnew_IsReadAsTheSameTree()
    {
        var random = new Random(Chance.Seed);
        var tried = 0;
        for (var i = 0; i < Chance.Count(5000, 500_000, "USERREPORTS_TEST_PATTERNS"); i++)
        {
            var pattern = RandomPatterns.Make(random);
            if (Pattern.FaultOf(pattern) is not null)
                continue;
            tried++;
            AssertSame(pattern);
        }

        Assert.NotEqual(0, tried);
    }

    [Fact]
    public void Pattern_IgnoringCase_SaysSoAtItsLetters() =>
        Assert.Equal("(?i)a(?-i)b", PatternText.Write(Pattern.Parse("a(?-i)b", ignoresCase: true)));

    [Fact]
    public void Pattern_NestedAsDeepAsCanBe_IsReadAndWritten()
    {
        var pattern = new string('(', 4095) + "a" + new string(')', 4095);
        Assert.Equal(pattern, PatternText.Write(Pattern.Parse(pattern)));
    }

    [Fact]
    public void Pattern_OfATextThatIsNone_SaysWhatAndWhere() =>
        Assert.Equal(
            "\"a)\" is no regular expression: the parenthesis at its character 1 closes nothing.",
            Assert.Throws<FormatException>(() => Pattern.Parse("a)")).Message
        );

    /// <summary>An engine asked to build this one had not answered after minutes.</summary>
    [Fact]
    public void Regex_NestedFarTooDeep_IsRefusedAtOnce() =>
        Assert.EndsWith(
            "repeat more than 1000 times together.",
            FaultOf(string.Concat(Enumerable.Repeat("(", 800)) + "a" + string.Concat(Enumerable.Repeat("){2}", 800)))
        );

    [Theory]
    [InlineData("username__regex:a", " OR ", 200)]
    [InlineData("username__regex:\"(a{10}){100}\"", " OR ", 3)]
    [InlineData("extra_details__data__x__iregex:\"(a{10}){100}\"", " NOT ", 3)]
    [InlineData("date_joined__regex:\"(a{10}){100}\"", " ", 3)]
    public void Regexes_OfAQuery_HavePiecesTogether(string term, string between, int most)
    {
        string Many(int count) => string.Join(between, Enumerable.Repeat(term, count));

        Assert.Empty(QueryCompiler.Compile(Many(most), null).Errors);
        if (most == QueryBounds.TermsMax)
            return;
        var error = Assert.Single(QueryCompiler.Compile(Many(most + 1), null).Errors);
        Assert.Equal(QueryErrorCode.QueryTooComplex, error.Code);
        Assert.Equal(
            "Written out without repetition, the regular expressions of a query may have 4096 pieces together.",
            error.Message
        );
        Assert.Equal("(a{10}){100}", error.Text);
        Assert.Equal(Many(most + 1).LastIndexOf('"', Many(most + 1).Length - 2), error.Position);
    }

    private static void AssertSame(string pattern)
    {
        var tree = Pattern.Parse(pattern);
        var anew = PatternText.Write(tree);
        var again = Pattern.Parse(anew);
        Assert.True(Shown(tree) == Shown(again), $"{Chance.Told}: {pattern}: {Shown(tree)} is {anew}: {Shown(again)}");
    }

    private static string Shown(Pattern pattern) =>
        pattern switch
        {
            Pattern.Sequence s => $"<{string.Join(' ', s.Parts.Select(Shown))}>",
            Pattern.Choice c => $"<{string.Join(" or ", c.Ways.Select(Shown))}>",
            Pattern.Repetition r => $"<{Shown(r.Part)} {r.Least} to {r.Most}, {r.IsLazy}>",
            Pattern.Capture c => $"<{c.Name}: {Shown(c.Part)}>",
            Pattern.Class c => $"<{c.IsNegated}, {c.IgnoresCase}: {string.Join(' ', c.Parts)}>",
            _ => pattern.ToString(),
        };

    private static string? FaultOf(string pattern)
    {
        var quoted = pattern
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("'", "\\'", StringComparison.Ordinal);
        return QueryCompiler.Compile($"username__regex:'{quoted}'", null).Errors.SingleOrDefault()?.Message;
    }
}
