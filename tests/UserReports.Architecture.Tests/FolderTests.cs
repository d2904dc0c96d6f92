using System.Text.RegularExpressions;

namespace UserReports.Architecture.Tests;

/// <summary>The folders of the server know of each other one way, like projects.</summary>
public sealed partial class FolderTests
{
    private const string Server = "src/UserReports.Server/";
    private const string Namespace = "UserReports.Server";

    /// <summary>Each may use those before it; a new one needs a place here and a word in ARCHITECTURE.md.</summary>
    private static readonly string[] Order =
    [
        "Terminals",
        "Telemetry",
        "Export",
        "Configuration",
        "Http",
        "Requests",
        "Limits",
        "Audit",
        "Access",
        "Concealment",
        "Api",
        "Explorer",
        "Hosting",
        "Commands",
    ];

    private static readonly IReadOnlyList<Source> Sources =
    [
        .. Checkout
            .Files(Server, ".cs", ".razor")
            .Where(file => file[Server.Length..].Contains('/'))
            .Select(file => new Source(file, file[Server.Length..].Split('/')[0], Checkout.Read(file))),
    ];

    [Fact]
    public void Folders_AllOfTheServer_HaveTheirPlace() =>
        Assert.Equal(
            Order.Order(StringComparer.Ordinal),
            Sources.Select(source => source.Folder).Distinct().Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Folders_WhatTheyUse_StandsBeforeThem() =>
        Rule.Holds(
            from source in Sources
            from used in Used(source)
            where Array.IndexOf(Order, used) > Array.IndexOf(Order, source.Folder)
            select $"{source.File} must not use {used}"
        );

    [Fact]
    public void Namespaces_OfTheServer_FollowFolders() =>
        Rule.Holds(
            from source in Sources
            where source.File.EndsWith(".cs", StringComparison.Ordinal)
            let folder = source.File[Server.Length..source.File.LastIndexOf('/')].Replace('/', '.')
            where
                !source.Text.Contains($"\nnamespace {Namespace}.{folder};", StringComparison.Ordinal)
                && !source.Text.StartsWith($"namespace {Namespace}.{folder};", StringComparison.Ordinal)
            select $"{source.File} is not in {Namespace}.{folder}"
        );

    [Theory]
    [InlineData("using UserReports.Server.Hosting;", "Hosting")]
    [InlineData("@using UserReports.Server.Commands.Answers", "Commands")]
    [InlineData("using static UserReports.Server.Configuration.SettingKinds;", "Configuration")]
    [InlineData("    private Access.AccessNames? names;", "Access")]
    [InlineData("    private readonly Api.Runs.RunEntry run;", "Api")]
    public void Rule_OfFolders_SeesWhatIsUsed(string line, string folder) =>
        Assert.Equal([folder], Used(new("", "", line)));

    [Theory]
    [InlineData("    count = limits.Limits.State;")]
    [InlineData("using UserReports.Store;")]
    public void Rule_OfFolders_LetsTheRestBe(string line) => Assert.Empty(Used(new("", "", line)));

    /// <summary>By what a file opens, and by names that begin with a folder.</summary>
    private static IEnumerable<string> Used(Source source) =>
        Opened()
            .Matches(source.Text)
            .Select(match => match.Groups[1].Value)
            .Concat(
                Qualified()
                    .Matches(source.Text)
                    .Where(match => IsIn(match.Groups[1].Value, match.Groups[2].Value))
                    .Select(match => match.Groups[1].Value)
            )
            .Where(folder => folder != source.Folder && Order.Contains(folder))
            .Distinct();

    /// <summary>A property may be called like a folder; what follows it tells.</summary>
    private static bool IsIn(string folder, string name) =>
        Sources.Any(source =>
            source.Folder == folder
            && (
                source.File.EndsWith($"/{name}.cs", StringComparison.Ordinal)
                || source.File.Contains($"/{folder}/{name}/", StringComparison.Ordinal)
            )
        );

    [GeneratedRegex(@"\busing (?:static )?UserReports\.Server\.(\w+)")]
    private static partial Regex Opened();

    [GeneratedRegex(@"(?<![\w.])([A-Z]\w+)\.([A-Z]\w+)")]
    private static partial Regex Qualified();

    private sealed record Source(string File, string Folder, string Text);
}
