using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace UserReports.Architecture.Tests;

/// <summary>The changelog's releases and the version of what is built.</summary>
public sealed partial class ReleaseTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-release-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Changelog_ItsReleases_FollowTheUnreleasedNewestFirst()
    {
        var headings = Heading().Matches(Checkout.Read("CHANGELOG.md")).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal("Unreleased", headings[0]);
        var releases = headings.Skip(1).Select(heading => Release().Match(heading)).ToList();
        Assert.NotEmpty(releases);
        Assert.All(releases, release => Assert.True(release.Success, release.Value));
        var versions = releases.Select(release => Version.Parse(release.Groups[1].Value)).ToList();
        Assert.Equal(versions.OrderDescending(), versions);
        var days = releases
            .Select(release => DateOnly.ParseExact(release.Groups[2].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture))
            .ToList();
        Assert.Equal(days.OrderDescending(), days);
    }

    [Fact]
    public void Version_OfWhatIsBuiltNext_IsAboveTheLastRelease()
    {
        var released = Version.Parse(Release().Match(Checkout.Read("CHANGELOG.md")).Groups[1].Value);
        var properties = XDocument.Parse(Checkout.Read("Directory.Build.props"));
        var next = Version.Parse(properties.Descendants("MinVerMinimumMajorMinor").Single().Value + ".0");

        Assert.True(next > released, $"{next} is not above {released}");
    }

    [Fact]
    public async Task Version_OutsideACheckout_NeedsNoHistory()
    {
        // The files that say it, where there is no repository, as in a container that is being built.
        foreach (var file in (string[])["Directory.Build.props", "Directory.Packages.props"])
            File.Copy(Path.Combine(Checkout.Root, file), Path.Combine(folder, file));
        var project = Path.Combine(folder, "Any.csproj");
        await File.WriteAllTextAsync(project, """<Project Sdk="Microsoft.NET.Sdk" />""", default(CancellationToken));
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", ["msbuild", project, "-getProperty:MinVerVersionOverride"])
            {
                RedirectStandardOutput = true,
            }
        )!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Matches(@"^[0-9]+\.[0-9]+\.0-alpha\.0$", said.Trim());
    }

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"(\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)")]
    private static partial Regex Release();
}
