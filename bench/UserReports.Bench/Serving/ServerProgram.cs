using System.Diagnostics;

namespace UserReports.Bench.Serving;

/// <summary>The service's own program, which lies beside the benchmark's.</summary>
internal static class ServerProgram
{
    /// <summary>Starts a command of it, with settings such as <c>Refresh:OnStart=false</c>.</summary>
    public static Process Start(IReadOnlyList<string> command, SourcesAndStore places, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "user-reports.dll"));
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
        start.Environment["USERREPORTS__Store"] = $"Data Source={places.StoreFile}";
        return Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
    }
}

/// <summary>What a process of the service reads and where it keeps its reports.</summary>
/// <param name="Platform">A connection string.</param>
/// <param name="Usage">Likewise.</param>
/// <param name="StoreFile">The store's base path.</param>
internal sealed record SourcesAndStore(string Platform, string Usage, string StoreFile);
