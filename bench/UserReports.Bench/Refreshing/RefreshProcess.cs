using System.Diagnostics;
using UserReports.Bench.Serving;

namespace UserReports.Bench.Refreshing;

/// <summary>One pass as an operator makes it: the program's <c>refresh</c> in a process of its own.</summary>
internal static class RefreshProcess
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <param name="keepsDay">Whether it also writes the day's snapshot, if there is none, and waits for that.</param>
    public static async Task<RefreshFigures> RunAsync(
        SourcesAndStore places,
        CancellationToken cancellationToken,
        bool keepsDay = false
    )
    {
        _ = ServerProgram.Folder;
        var watch = Stopwatch.StartNew();
        using var process = ServerProgram.Start(["refresh"], places, $"History:Off={!keepsDay}");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var ended = process.WaitForExitAsync(cancellationToken);
        var processor = TimeSpan.Zero;
        var memory = 0L;
        try
        {
            // What it takes between the last look and its end is lost: the twentieth of a second at the most.
            while (await Task.WhenAny(ended, Task.Delay(LookEvery, cancellationToken)) != ended)
            {
                processor = ProcessStatus.ProcessorTime(process) ?? processor;
                memory = ProcessStatus.Bytes(process.Id, "VmHWM") ?? memory;
            }

            await ended;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        await output;
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The refresh failed: {await errors}");
        return new(
            seconds,
            processor.TotalSeconds,
            memory,
            BenchFolder.Bytes(Path.GetDirectoryName(places.StoreFile)!)
        );
    }
}

/// <summary>What a pass took.</summary>
/// <param name="Seconds">From the start of the process to its end.</param>
/// <param name="ProcessorSeconds">Of the service alone, without the databases.</param>
/// <param name="PeakBytes">Its most resident memory.</param>
/// <param name="StoreBytes">The store afterwards: every file in its folder.</param>
internal sealed record RefreshFigures(double Seconds, double ProcessorSeconds, long PeakBytes, long StoreBytes);
