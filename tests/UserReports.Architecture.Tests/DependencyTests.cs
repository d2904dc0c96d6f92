using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace UserReports.Architecture.Tests;

/// <summary>Every package is pinned in one place, used, and explained in docs/dependencies.md.</summary>
public sealed partial class DependencyTests
{
    private static readonly string[] Permissive =
    [
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "PostgreSQL",
        "MS-PL or Apache-2.0",
        "0BSD",
        "Unlicense",
    ];

    [Fact]
    public void Packages_AllThatArePinned_AreExplained() =>
        Rule.Holds(
            Pinned()
                .Except(Explained().Keys)
                .Select(package => $"{package} has no row in docs/dependencies.md")
                .Concat(Explained().Keys.Except(Pinned()).Select(package => $"{package} is explained but not pinned"))
        );

    [Fact]
    public void Packages_TheirLicences_ArePermissive() =>
        Rule.Holds(
            Explained()
                .Where(row => !Permissive.Contains(row.Value, StringComparer.Ordinal))
                .Select(row => $"{row.Key}: {row.Value}")
        );

    [Fact]
    public void Packages_ExceptThosePinnedForOthers_AreReferredTo()
    {
        var used = Checkout
            .Files(".", ".csproj", ".props")
            .SelectMany(file => XDocument.Parse(Checkout.Read(file)).Descendants("PackageReference"))
            .Select(reference => reference.Attribute("Include")!.Value)
            .ToHashSet(StringComparer.Ordinal);
        Rule.Holds(
            from items in PackageGroups()
            where !items.Attribute("Label")!.Value.StartsWith("Only to pin", StringComparison.Ordinal)
            from package in items.Elements("PackageVersion")
            let name = package.Attribute("Include")!.Value
            where !used.Contains(name)
            select $"{name} is pinned but no project refers to it"
        );
    }

    [Fact]
    public void Packages_TheirVersions_AreExact() =>
        Rule.Holds(
            from package in PackageGroups().Elements("PackageVersion")
            where !ExactVersion().IsMatch(package.Attribute("Version")!.Value)
            select $"{package}"
        );

    private static IEnumerable<XElement> PackageGroups() =>
        XDocument.Parse(Checkout.Read("Directory.Packages.props")).Descendants("ItemGroup");

    private static IEnumerable<string> Pinned() =>
        PackageGroups().Elements("PackageVersion").Select(package => package.Attribute("Include")!.Value);

    private static Dictionary<string, string> Explained() =>
        TableRow()
            .Matches(Checkout.Read("docs/dependencies.md"))
            .Where(row => row.Groups[1].Value is not ("package" or "---"))
            .ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value, StringComparer.Ordinal);

    [GeneratedRegex(@"^\d+(\.\d+)+(-[\w.]+)?$")]
    private static partial Regex ExactVersion();

    [GeneratedRegex(@"^\| (\S+) \| .+ \| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
