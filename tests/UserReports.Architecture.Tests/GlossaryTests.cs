using System.Text.RegularExpressions;

namespace UserReports.Architecture.Tests;

/// <summary>Public types are named in the words of docs/glossary.md, and in those that need no explaining.</summary>
public sealed partial class GlossaryTests
{
    /// <summary>Plain English, and words of .NET; an idea of ours belongs in the glossary.</summary>
    private const string Plain = """
        access activity address allowed api attribute bar boolean bounds builder capture case cell change choice
        claimed check click client class column command comparison compiler completion composition computation computed condition
        connection constant counted csv cut damaged db django draft duck empty endpoint entry event exact examination
        exception exit exporter extra factory filter finding format free function generated generator group handler health
        host house human info inspection installation instant item key kind known layout line list literal live living lost
        match measure nearest number option order outcome overview own password perl point posix price private
        protection question rate readable reading ready refused rejected repetition response result revalidation saturating
        saved schedule schema segment selection sequence settings setup size social start statement status storage style tag
        target tax terminal text tile too unavailable unreachable unicode usual visible wanted watch writer written
        """;

    private static readonly HashSet<string> Known =
    [
        .. Word().Matches(Checkout.Read("docs/glossary.md") + Plain).SelectMany(match => Forms(match.Value)),
    ];

    [Fact]
    public void Name_OfPublicType_IsMadeOfKnownWords() =>
        Rule.Holds(
            from file in Checkout.Files("src", ".cs")
            where !file.EndsWith(".g.cs", StringComparison.Ordinal)
            from match in PublicType().Matches(Checkout.Read(file))
            let name = match.Groups[1].Value
            from word in Unknown(name)
            select $"{file}: {word} of {name} is not in docs/glossary.md"
        );

    [Theory]
    [InlineData("ISnapshotCrystals", "Crystals")]
    [InlineData("QuietThreads", "Quiet,Threads")]
    [InlineData("ReportReader", "")]
    public void Rule_OfNames_SeesStrangeWords(string name, string strange) =>
        Assert.Equal(strange, string.Join(',', Unknown(name)));

    private static IEnumerable<string> Unknown(string name) =>
        Part()
            .Matches(Interface().Replace(name, ""))
            .Select(match => match.Value)
            .Where(word => !Forms(word).Any(Known.Contains));

    /// <summary>The word, and what it may be the plural of, in small letters.</summary>
    private static IEnumerable<string> Forms(string word)
    {
        var small = word.ToLowerInvariant();
        yield return small;
        if (small.EndsWith("ies", StringComparison.Ordinal))
            yield return small[..^3] + "y";
        else if (small.EndsWith('s'))
            yield return small[..^1];
    }

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")]
    private static partial Regex Part();

    [GeneratedRegex("^I(?=[A-Z])")]
    private static partial Regex Interface();

    [GeneratedRegex(
        @"^public[\w\s]*?\b(?:class|record struct|record|struct|interface|enum)\s+(\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex PublicType();
}
