using System.Diagnostics;
using UserReports.Bench.Results;

namespace UserReports.Bench.Serving;

/// <summary>What the service takes when nobody asks it anything: to start, to wait, and to lie on the disk.</summary>
internal static class ServerBench
{
    private const string Topic = "server";
    private const int Starts = 5;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Measurement>> RunAsync(
        SourcesAndStore places,
        CancellationToken cancellationToken
    )
    {
        var times = new List<double>();
        var memory = 0L;
        for (var i = 0; i < Starts; i++)
        {
            await using var server = await ReportServer.StartAsync(places, cancellationToken);
            times.Add(server.StartTime.TotalMilliseconds);
            if (i < Starts - 1)
                continue;
            await Task.Delay(Rest, cancellationToken);
            memory = server.MemoryBytes;
        }

        var published = await PublishAsync(cancellationToken);
        return
        [
            Timing.Summary(Topic, "from the start to ready, with the full store", [.. times], null),
            new(Topic, "memory at rest, with the full store", "MB", memory / 1e6),
            new(Topic, "size of the published files", "MB", published / 1e6),
        ];
    }

    /// <summary>The framework is not counted: it is in the image that the Dockerfile builds upon.</summary>
    private static async Task<long> PublishAsync(CancellationToken cancellationToken)
    {
        const string Folder = "artifacts/bench/published";
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (
            var word in new[]
            {
                "publish",
                "src/UserReports.Server",
                "-c",
                "Release",
                "-o",
                Folder,
                "-v",
                "q",
                "--nologo",
            }
        )
            start.ArgumentList.Add(word);
        using var process =
            Process.Start(start) ?? throw new InvalidOperationException("dotnet publish did not start.");
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? BenchFolder.Bytes(Folder)
            : throw new InvalidOperationException($"dotnet publish failed: {output}");
    }
}
