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

        return
        [
            Timing.Summary(Topic, "from the start to ready, with the full store", [.. times], null),
            new(Topic, "memory at rest, with the full store", "MB", memory / 1e6),
            // The framework is not counted: it is in the image that the Dockerfile builds upon.
            new(Topic, "size of the published files", "MB", BenchFolder.Bytes(ServerProgram.Folder) / 1e6),
        ];
    }
}
