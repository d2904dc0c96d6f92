namespace UserReports.Server.Api.Exports;

/// <summary>Knows whether the receiver of a file takes it fast enough.</summary>
/// <remarks>
/// Only the time in which the service waits for the receiver counts, never that in which the receiver waits for rows.
/// What was taken is time that is allowed: a receiver may fall behind by <see cref="Patience"/>, and may live on what
/// it took before, but no longer than what lies in the buffers between here and there takes at the least rate; so one
/// that stops is cut off after a time that does not depend on how much it took.
/// </remarks>
internal sealed class ReceiverPace(long bytesPerSecondMin, TimeProvider time)
{
    /// <summary>How far behind the least rate a receiver may fall.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What systems hold of one connection, sent but not taken yet: it was written at once and is read while we wait.
    /// </summary>
    public const long BufferBytes = 4 * 1024 * 1024;

    private readonly Lock measuring = new();
    private double behindSeconds;
    private long? waitingSince;

    /// <summary>True once the receiver is further behind than it may be; never without a least rate.</summary>
    public bool IsTooSlow
    {
        get
        {
            lock (measuring)
            {
                return bytesPerSecondMin > 0 && behindSeconds + WaitedSeconds() > Patience.TotalSeconds;
            }
        }
    }

    /// <summary>From here on the receiver is waited for.</summary>
    public void Wait()
    {
        lock (measuring)
            waitingSince = time.GetTimestamp();
    }

    /// <summary>The receiver, or a buffer on the way to it, has taken bytes.</summary>
    public void Took(long bytes)
    {
        lock (measuring)
        {
            if (bytesPerSecondMin > 0)
            {
                behindSeconds = Math.Max(
                    -(double)BufferBytes / bytesPerSecondMin,
                    behindSeconds + WaitedSeconds() - (double)bytes / bytesPerSecondMin
                );
            }

            waitingSince = null;
        }
    }

    private double WaitedSeconds() => waitingSince is { } since ? time.GetElapsedTime(since).TotalSeconds : 0;
}
