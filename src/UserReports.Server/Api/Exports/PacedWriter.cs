using System.IO.Pipelines;

namespace UserReports.Server.Api.Exports;

/// <summary>An answer's body whose receiver is cut off when it takes too little for too long.</summary>
internal sealed class PacedWriter : PipeWriter, IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly PipeWriter output;
    private readonly ReceiverPace pace;
    private readonly CancellationTokenSource done = new();
    private readonly Task watching;
    private long written;

    private PacedWriter(PipeWriter output, ReceiverPace pace, TimeProvider time, Action cutOff)
    {
        (this.output, this.pace) = (output, pace);
        watching = WatchAsync(time, cutOff);
    }

    /// <summary>Watches the receiver of an answer until it is disposed of.</summary>
    /// <param name="bytesPerSecondMin">What it must take at the least; 0 for anything.</param>
    public static PacedWriter Begin(
        HttpContext context,
        long bytesPerSecondMin,
        TimeProvider time,
        ILogger<PacedWriter> logger
    ) =>
        new(
            context.Response.BodyWriter,
            new(bytesPerSecondMin, time),
            time,
            () =>
            {
                PaceLog.CutOff(logger, bytesPerSecondMin);
                // A file that ends early must not look whole.
                context.Abort();
            }
        );

    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    public override long UnflushedBytes => output.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => output.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        written += bytes;
        output.Advance(bytes);
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var bytes = written;
        written = 0;
        pace.Wait();
        var result = await output.FlushAsync(cancellationToken);
        pace.Took(bytes);
        return result;
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => output.Complete(exception);

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync();
        await watching;
        done.Dispose();
    }

    private async Task WatchAsync(TimeProvider time, Action cutOff)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(done.Token))
            {
                if (!pace.IsTooSlow)
                    continue;
                cutOff();
                return;
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The answer is complete.
        }
    }
}

/// <summary>What is said of receivers: never who.</summary>
internal static partial class PaceLog
{
    [LoggerMessage(
        EventId = 4101,
        Level = LogLevel.Warning,
        Message = "An export was cut off: its receiver took less than {BytesPerSecond} bytes per second for too long. "
            + "Exports:BytesPerSecondMin says how much it must take."
    )]
    public static partial void CutOff(ILogger logger, long bytesPerSecond);
}
