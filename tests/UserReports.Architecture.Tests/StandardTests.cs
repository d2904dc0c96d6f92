using System.Globalization;
using System.Text.RegularExpressions;

namespace UserReports.Architecture.Tests;

/// <summary>That docs/security-asvs.md adds up, and that what it refers to is there.</summary>
public sealed partial class StandardTests
{
    private const string Page = "docs/security-asvs.md";

    private static readonly string[] Verdicts = ["met", "not met", "n/a"];

    [Fact]
    public void Requirement_OfTheStandard_HasAVerdictAndAReason() =>
        Rule.Holds(
            from row in Rows()
            where !Verdicts.Contains(row.Verdict) || row.Why.Length == 0
            select $"{Page}: {row.Numbers} is neither met, not met nor n/a, or nobody says why"
        );

    [Fact]
    public void Requirement_OfTheStandard_StandsThereOnce() =>
        Rule.Holds(
            from number in Rows().SelectMany(row => Numbers(row.Numbers)).GroupBy(number => number)
            where number.Count() > 1
            select $"{Page}: {number.Key} stands there {number.Count()} times"
        );

    [Fact]
    public void Verdicts_OfThePage_AreCounted()
    {
        var counts = Rows()
            .GroupBy(row => row.Verdict)
            .ToDictionary(group => group.Key, group => group.Sum(row => Numbers(row.Numbers).Count));
        Assert.Contains(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Of the {counts.Values.Sum()} requirements that are named below one by one {counts["met"]} are met, "
                    + $"{counts["not met"]} are not met, and {counts["n/a"]} do not apply."
            ),
            Checkout.Read(Page),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Test_ThatThePageNames_IsThere()
    {
        var tests = Checkout.Files("tests", ".cs").Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Rule.Holds(
            from name in TestName().Matches(Checkout.Read(Page)).Select(match => match.Groups[1].Value).Distinct()
            where !tests.Contains(name)
            select $"{Page} names {name}, which is no test"
        );
    }

    private static IEnumerable<(string Numbers, string Verdict, string Why)> Rows() =>
        from line in Checkout.Read(Page).Split('\n')
        where Numbered().IsMatch(line)
        let cells = line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries)
        select (cells[0], cells[2], cells[3]);

    /// <summary>Whole sections are not counted: they are not looked up one by one.</summary>
    private static List<string> Numbers(string cell) =>
        [
            .. from part in cell.Split(',', StringSplitOptions.TrimEntries)
            let match = Requirement().Match(part)
            where match.Success
            let first = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)
            let last = match.Groups[3].Success ? int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture) : first
            from number in Enumerable.Range(first, last - first + 1)
            select string.Create(CultureInfo.InvariantCulture, $"{match.Groups[1].Value}.{number}"),
        ];

    [GeneratedRegex(@"^\| \d+\.\d+")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^(\d+\.\d+)\.(\d+)(?: – \d+\.\d+\.(\d+))?$")]
    private static partial Regex Requirement();

    [GeneratedRegex("`([A-Z][A-Za-z]+Tests)`")]
    private static partial Regex TestName();
}
