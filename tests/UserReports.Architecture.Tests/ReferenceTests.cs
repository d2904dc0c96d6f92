using System.Xml.Linq;

namespace UserReports.Architecture.Tests;

/// <summary>References between projects only point downwards.</summary>
public sealed class ReferenceTests
{
    /// <summary>What each project may know of the others; a new one needs a line here and in ARCHITECTURE.md.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["UserReports.Core"] = [],
        ["UserReports.Sources"] = ["UserReports.Core"],
        ["UserReports.Store"] = ["UserReports.Core"],
        ["UserReports.Store.Sql"] = ["UserReports.Core", "UserReports.Store"],
        ["UserReports.Store.DuckDb"] = ["UserReports.Core", "UserReports.Store", "UserReports.Store.Sql"],
        ["UserReports.Store.ClickHouse"] = ["UserReports.Core", "UserReports.Store", "UserReports.Store.Sql"],
        ["UserReports.Feed"] = ["UserReports.Core", "UserReports.Sources"],
        ["UserReports.Workspace"] = ["UserReports.Feed", "UserReports.Store"],
        ["UserReports.Refresh"] = ["UserReports.Core", "UserReports.Sources", "UserReports.Store", "UserReports.Feed"],
        ["UserReports.Server"] =
        [
            "UserReports.Core",
            "UserReports.Sources",
            "UserReports.Store",
            "UserReports.Store.DuckDb",
            "UserReports.Store.ClickHouse",
            "UserReports.Refresh",
            "UserReports.Feed",
            "UserReports.Workspace",
        ],
        ["UserReports.Client"] = [],
    };

    /// <summary>Namespaces that a project must not use, whatever comes along with a package.</summary>
    private static readonly Dictionary<string, string[]> Forbidden = new(StringComparer.Ordinal)
    {
        ["UserReports.Core"] =
        [
            "Npgsql",
            "DuckDB",
            "System.Data",
            "System.IO.Compression",
            "Microsoft.AspNetCore",
            "System.Net.Http",
        ],
        ["UserReports.Sources"] = ["UserReports.Store", "Microsoft.AspNetCore", "System.Net.Http"],
        ["UserReports.Store"] = ["Npgsql", "DuckDB", "System.Data", "Microsoft.AspNetCore", "System.Net.Http"],
        ["UserReports.Store.Sql"] =
        [
            "UserReports.Store.DuckDb",
            "Npgsql",
            "DuckDB",
            "System.Data",
            "Microsoft.AspNetCore",
            "System.Net.Http",
        ],
        ["UserReports.Store.DuckDb"] = ["UserReports.Sources", "Npgsql", "Microsoft.AspNetCore", "System.Net.Http"],
        // System.Net.Http it needs: the server is asked by HTTP.
        ["UserReports.Store.ClickHouse"] =
        [
            "UserReports.Sources",
            "UserReports.Store.DuckDb",
            "UserReports.Workspace",
            "Npgsql",
            "DuckDB",
            "Microsoft.AspNetCore",
        ],
        ["UserReports.Refresh"] =
        [
            "UserReports.Store.DuckDb",
            "UserReports.Store.ClickHouse",
            "Npgsql",
            "DuckDB",
            "Microsoft.AspNetCore",
            "System.Net.Http",
        ],
        ["UserReports.Feed"] = ["UserReports.Store", "DuckDB", "Microsoft.AspNetCore", "System.Net.Http"],
        ["UserReports.Workspace"] =
        [
            "UserReports.Store.Sql",
            "UserReports.Store.DuckDb",
            "UserReports.Store.ClickHouse",
            "UserReports.Sources",
            "UserReports.Refresh",
            "DuckDB",
            "Microsoft.AspNetCore",
            "System.Net.Http",
        ],
        ["UserReports.Server"] =
        [
            "Npgsql",
            "DuckDB",
            "ClickHouse.Driver",
            "Microsoft.EntityFrameworkCore",
            "Microsoft.Data.Sqlite",
        ],
    };

    [Fact]
    public void Projects_AllOfSource_AreInTheMap() =>
        Assert.Equal(
            Checkout.Files("src", ".csproj").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal),
            Allowed
                .Keys.Where(project => Directory.Exists(Path.Combine(Checkout.Root, "src", project)))
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Projects_TheirReferences_OnlyPointDownwards() =>
        Rule.Holds(
            from file in Checkout.Files("src", ".csproj")
            from reference in XDocument.Parse(Checkout.Read(file)).Descendants("ProjectReference")
            let project = Path.GetFileNameWithoutExtension(file)
            let target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)
            where !Allowed[project].Contains(target, StringComparer.Ordinal)
            select $"{project} must not refer to {target}"
        );

    [Fact]
    public void Namespaces_OfOtherLayers_AreNotUsed() =>
        Rule.Holds(
            from project in Forbidden
            from file in Checkout.Files($"src/{project.Key}", ".cs", ".razor")
            from line in Checkout.Read(file).Split('\n')
            let used = line.Trim().TrimStart('@')
            where used.StartsWith("using ", StringComparison.Ordinal)
            from name in project.Value
            where
                used.StartsWith($"using {name};", StringComparison.Ordinal)
                || used.StartsWith($"using {name}.", StringComparison.Ordinal)
                || used.Contains($"= {name}.", StringComparison.Ordinal)
            select $"{file}: {used}"
        );

    /// <summary>What is written for every engine cannot come to know one of them.</summary>
    [Fact]
    public void Packages_OfWhatKnowsNoEngine_AreNone() =>
        Rule.Holds(
            from project in new[] { "UserReports.Core", "UserReports.Store", "UserReports.Store.Sql" }
            from reference in XDocument
                .Parse(Checkout.Read($"src/{project}/{project}.csproj"))
                .Descendants("PackageReference")
            select $"{project} must not refer to {reference.Attribute("Include")!.Value}"
        );

    [Fact]
    public void Driver_OfTheEngine_IsKnownToItsProjectAndTheEmbeddedSourcesAlone() =>
        Rule.Holds(
            from file in Checkout.Files("src", ".cs", ".razor", ".csproj")
            where
                !file.StartsWith("src/UserReports.Store.DuckDb/", StringComparison.Ordinal)
                && !file.StartsWith("src/UserReports.Sources/", StringComparison.Ordinal)
            where Checkout.Read(file).Contains("DuckDB.NET", StringComparison.Ordinal)
            select $"{file} must not know DuckDB.NET"
        );

    /// <summary>The compiler cannot tell a constant from a text in this one case: the handler's own method.</summary>
    [Fact]
    public void Sql_OfStatements_IsNeverAppendedByHand() =>
        Rule.Holds(
            from file in Checkout.Files("src", ".cs")
            where !file.EndsWith("/SqlTextHandler.cs", StringComparison.Ordinal)
            let text = Checkout.Read(file)
            where text.Contains("new SqlTextHandler", StringComparison.Ordinal)
            select $"{file} makes a SqlTextHandler, which is the compiler's to make"
        );

    [Fact]
    public void Solution_EveryProject_IsPartOfIt()
    {
        var solution = Checkout.Read("UserReports.slnx");
        Rule.Holds(
            from folder in new[] { "src", "tests", "bench", "examples" }
            from file in Checkout.Files(folder, ".csproj")
            where !solution.Contains($"\"{file}\"", StringComparison.Ordinal)
            select $"{file} is not in UserReports.slnx"
        );
    }
}
