using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;

namespace UserReports.Server.Tests.Configuration;

/// <summary>That nobody else on the machine may open what the service writes.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class PrivateFilesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The real program under the usual mask: sources, store, documents, keys, audit log, export.</summary>
    [Fact]
    public async Task Files_OfTheProgramUnderAWideMask_AreItsOwnersAlone()
    {
        using var folder = new Folder();
        var data = Path.Combine(folder.Path, "demo");
        using (var demo = Start("demo", "--accounts", "30", "--data", data, "--urls", "http://127.0.0.1:0"))
        {
            var said = "";
            while (!said.Contains("Ctrl-C stops.", StringComparison.Ordinal))
                said += await demo.StandardOutput.ReadLineAsync(Stop) is { } line ? line + "\n" : throw Ended(said);
            using var client = new HttpClient { BaseAddress = new(Explorer().Match(said).Groups[1].Value) };
            var signIn = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(data, "sign-in.json"), Stop));
            client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(
                $"Token {signIn.RootElement.GetProperty("Token").GetString()}"
            );
            // An audit record, and the keys of cursors.
            Assert.Contains("\"next\"", await client.GetStringAsync("/api/v2/user-reports/?limit=1", Stop));
            await EndAsync(demo);
        }

        var export = Path.Combine(folder.Path, "all.csv");
        using (var run = Start("export", "--data", data, "--output", export))
            await run.WaitForExitAsync(Stop);
        var made = Directory.EnumerateFileSystemEntries(data, "*", SearchOption.AllDirectories).ToList();
        Assert.Contains(made, path => path.EndsWith(".duckdb", StringComparison.Ordinal));
        Assert.Contains(made, path => path.EndsWith(".jsonl", StringComparison.Ordinal));
        Assert.Contains(made, path => path.EndsWith("workspace.db", StringComparison.Ordinal));
        Assert.True(File.Exists(export));
        Assert.Empty(PrivateFiles.OpenToOthers(folder.Path));
    }

    [Fact]
    public void Files_ThatOthersMayOpen_AreFoundHoweverDeep()
    {
        using var folder = new Folder();
        var store = Directory
            .CreateDirectory(Path.Combine(folder.Path, "store"), UnixFileMode.UserRead | Enter)
            .FullName;
        var audit = Directory.CreateDirectory(Path.Combine(folder.Path, "audit")).FullName;
        var keys = Directory.CreateDirectory(Path.Combine(store, "keys")).FullName;
        File.SetUnixFileMode(audit, UnixFileMode.UserRead | Enter | UnixFileMode.GroupExecute);
        var key = Write(keys, "key.xml", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Write(store, "reports.g1.duckdb", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(keys, UnixFileMode.UserRead | Enter);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([
                new("Store", $"Data Source={Path.Combine(store, "reports.duckdb")}"),
                new("Audit:Folder", audit),
            ])
            .Build();
        var found = PrivateFilesCheck.Find(ServerSettings.Read(configuration, needsSources: false));
        Assert.Equal([(store, 1, key), (audit, 1, audit)], found);
    }

    [Fact]
    public async Task Start_OverAWideFolder_SaysHowToCloseIt()
    {
        using var folder = new Folder();
        var wide = Write(folder.Path, "audit-2026-11-01.jsonl", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        await using var server = await RunningServer.StartAsync([], ("Audit:Folder", folder.Path));
        var line = Assert.Single(server.Log.All, l => l.Contains("Other accounts", StringComparison.Ordinal));
        Assert.StartsWith("Warning", line, StringComparison.Ordinal);
        Assert.Contains(
            $"1 of the files and folders in {folder.Path}, {wide} among them",
            line,
            StringComparison.Ordinal
        );
        Assert.Contains($"chmod -R go= '{folder.Path}'", line, StringComparison.Ordinal);
    }

    private const UnixFileMode Enter = UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static string Write(string folder, string name, UnixFileMode mode)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, mode);
        return path;
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true };
        foreach (var part in new[] { "-c", "umask 022; exec \"$@\"", "bash", "dotnet" })
            start.ArgumentList.Add(part);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "user-reports.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task EndAsync(Process process)
    {
        using var kill = Process.Start("kill", process.Id.ToString(CultureInfo.InvariantCulture));
        await kill.WaitForExitAsync(Stop);
        await process.WaitForExitAsync(Stop);
    }

    private static InvalidOperationException Ended(string said) =>
        new InvalidOperationException("The program ended: " + said);

    [GeneratedRegex(@"Explorer +(\S+)")]
    private static partial Regex Explorer();

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("user-reports-private-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
