using System.Security.Claims;
using UserReports.Sources;

namespace UserReports.Server.Access.Rights;

/// <summary>Cuts an answer off whose reader loses the right to it while it is being sent.</summary>
/// <remarks>
/// For answers that may take longer than the 30 seconds within which a lost right must take effect. Interval, age of an
/// answer and the time that the platform may be silent together stay below them.
/// </remarks>
internal sealed class RightWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource done = new();
    private readonly Task watching;

    private RightWatch(HttpContext context)
    {
        var services = context.RequestServices;
        watching = WatchAsync(
            context,
            context.User,
            services.GetRequiredService<LiveRights>(),
            services.GetRequiredService<TimeProvider>()
        );
    }

    /// <summary>Watches until it is disposed of.</summary>
    public static RightWatch Begin(HttpContext context) => new(context);

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync();
        await watching;
        done.Dispose();
    }

    private async Task WatchAsync(HttpContext context, ClaimsPrincipal reader, LiveRights rights, TimeProvider time)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(done.Token))
            {
                if (await MayStillReadAsync(reader, rights, time))
                    continue;
                // A file that ends early must not look whole.
                context.Abort();
                return;
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The answer is complete.
        }
    }

    private async Task<bool> MayStillReadAsync(ClaimsPrincipal reader, LiveRights rights, TimeProvider time)
    {
        using var silence = new CancellationTokenSource(SilenceMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, done.Token);
        try
        {
            return await rights.MayStillReadAsync(reader, AgeMax, either.Token);
        }
        catch (Exception e)
            when (e is SourceException || e is OperationCanceledException && !done.IsCancellationRequested)
        {
            // Whether the right still holds cannot be known, so it does not.
            return false;
        }
    }
}
