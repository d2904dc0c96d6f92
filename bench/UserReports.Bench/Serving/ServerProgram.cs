using System.Diagnostics;

namespace UserReports.Bench.Serving;

/// <summary>The service's own program as operators have it: published for this machine.</summary>
internal static class ServerProgram
{
    private static readonly Lazy<string> Published = new(Publish);

    /// <summary>Where it is; the first call publishes it.</summary>
    public static string Folder => Published.Value;

    /// <summary>The program itself, to be given to <c>dotnet</c>.</summary>
    public static string File => Path.Combine(Folder, "user-reports.dll");

    /// <summary>Starts a command of it, with settings such as <c>Refresh:OnStart=false</c>.</summary>
    public static Process Start(IReadOnlyList<string> command, SourcesAndStore places, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(File);
        foreach (var word in command)
            start.ArgumentList.Add(word);
        foreach (var setting in settings)
        {
            start.ArgumentList.Add("--set");
            start.ArgumentList.Add(setting);
        }

        // Not as arguments: those are seen by whoever lists the processes.
        start.Environment["USERREPORTS__Sources__Platform"] = places.Platform;
        start.Environment["USERREPORTS__Sources__Usage"] = places.Usage;
        // What the code can do, and not what it is allowed to; the benchmark of the budget gives another.
        start.Environment.TryAdd("USERREPORTS__Sources__Budget", "64");
        start.Environment["USERREPORTS__Store"] = $"Data Source={places.StoreFile}";
        return Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
    }

    private static string Publish()
    {
        var folder = Path.GetFullPath("artifacts/bench/published");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (
            var word in (string[])
                [
                    "publish",
                    "src/UserReports.Server",
                    "-c",
                    "Release",
                    "--use-current-runtime",
                    "--no-self-contained",
                    "-o",
                    folder,
                    "-v",
                    "q",
                    "--nologo",
                ]
        )
            start.ArgumentList.Add(word);
        using var process =
            Process.Start(start) ?? throw new InvalidOperationException("dotnet publish did not start.");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? folder : throw new InvalidOperationException($"dotnet publish failed: {output}");
    }
}

/// <summary>What a process of the service reads and where it keeps its reports.</summary>
/// <param name="Platform">A connection string.</param>
/// <param name="Usage">Likewise.</param>
/// <param name="StoreFile">The store's base path.</param>
internal sealed record SourcesAndStore(string Platform, string Usage, string StoreFile);
