using System.Diagnostics;
using System.Runtime.Versioning;

namespace UserReports.Architecture.Tests;

/// <summary>The Debian package, made of a program that stands in: what is in it, whose it is, and what its scripts
/// do.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PackageTests : IDisposable
{
    private static readonly string[] Scripts = ["preinst", "postinst", "prerm", "postrm"];

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-package-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Package_OfDebian_HoldsUnitSettingsAndScriptsWithTheirRights()
    {
        var file = await MakeAsync();

        Assert.Equal(
            ["user-reports", "0.3.0~alpha.0.7", "arm64"],
            await LinesAsync("dpkg-deb", "--show", "--showformat=${Package}\n${Version}\n${Architecture}\n", file)
        );
        var made = Path.Combine(folder, "control");
        Assert.Empty(await LinesAsync("dpkg-deb", "--control", file, made));
        Assert.Equal(
            ["conffiles", "control", "md5sums", "postinst", "postrm", "preinst", "prerm"],
            Directory.EnumerateFiles(made).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            "/etc/user-reports/environment\n",
            await File.ReadAllTextAsync(Path.Combine(made, "conffiles"), Stop)
        );
        var entries = (await LinesAsync("dpkg-deb", "--contents", file))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(parts => parts[5], parts => $"{parts[0]} {parts[1]}");
        Assert.Equal("-rw------- root/root", entries["./etc/user-reports/environment"]);
        Assert.Equal("-rwxr-xr-x root/root", entries["./usr/lib/user-reports/user-reports"]);
        Assert.Equal("-rw-r--r-- root/root", entries["./usr/lib/user-reports/some.dll"]);
        Assert.Equal("-rw-r--r-- root/root", entries["./usr/lib/systemd/system/user-reports.service"]);
        Assert.All(entries.Values, rights => Assert.DoesNotMatch("^-.......w", rights));
    }

    /// <summary>The unit of the package is the checked one but for where the program is.</summary>
    [Fact]
    public async Task Package_ItsUnit_StartsTheProgramThatItHolds()
    {
        var root = Path.Combine(folder, "root");
        Assert.Empty(await LinesAsync("dpkg-deb", "--extract", await MakeAsync(), root));

        var unit = await File.ReadAllLinesAsync(
            Path.Combine(root, "usr/lib/systemd/system/user-reports.service"),
            Stop
        );
        Assert.Contains("ExecStart=/usr/lib/user-reports/user-reports serve", unit);
        Assert.DoesNotContain(unit, line => line.Contains("/opt", StringComparison.Ordinal));
        Assert.Equal("program\n", await File.ReadAllTextAsync(Path.Combine(root, "usr/bin/user-reports"), Stop));
    }

    [Fact]
    public async Task Package_MadeTwiceOfTheSame_IsTheSameToTheByte() =>
        Assert.Equal(
            await File.ReadAllBytesAsync(await MakeAsync("one"), Stop),
            await File.ReadAllBytesAsync(await MakeAsync("two"), Stop)
        );

    [Fact]
    public async Task Scripts_OfThePackage_AreReadAndEndAtTheFirstFailure()
    {
        foreach (var script in Scripts)
        {
            var path = Path.Combine(Checkout.Root, "deploy/debian", script);
            Assert.Empty(await LinesAsync("sh", "-n", path));
            Assert.Contains("set -e", await File.ReadAllLinesAsync(path, Stop));
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<string> MakeAsync(string output = "output")
    {
        var published = Path.Combine(folder, "published");
        Directory.CreateDirectory(published);
        await File.WriteAllTextAsync(Path.Combine(published, "user-reports"), "program\n", Stop);
        var library = Path.Combine(published, "some.dll");
        await File.WriteAllTextAsync(library, "library\n", Stop);
        // As a careless mask leaves them.
        File.SetUnixFileMode(
            library,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute
        );
        output = Path.Combine(folder, output);
        await LinesAsync(
            Path.Combine(Checkout.Root, "eng/package.sh"),
            "deb",
            "--arch",
            "arm64",
            "--published",
            published,
            "--version",
            "0.3.0-alpha.0.7",
            "--output",
            output
        );
        return Assert.Single(Directory.EnumerateFiles(output, "*.deb"));
    }

    private static async Task<string[]> LinesAsync(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SOURCE_DATE_EPOCH"] = "1790000000";
        start.Environment["DEBEMAIL"] = "packager@example.org";
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync(Stop);
        var failed = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, failed + await said);
        return (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
