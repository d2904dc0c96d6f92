namespace UserReports.Server.Hosting.Supervision;

/// <summary>What is said of the service's own state.</summary>
internal static partial class SupervisionLog
{
    [LoggerMessage(
        EventId = 5911,
        Level = LogLevel.Error,
        Message = "The service did not answer at its own addresses within {Patience}: systemd is not told that it lives, "
            + "and starts it anew if that goes on for WatchdogSec."
    )]
    public static partial void DoesNotAnswer(ILogger logger, TimeSpan patience);
}
