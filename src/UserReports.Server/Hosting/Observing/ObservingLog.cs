namespace UserReports.Server.Hosting.Observing;

/// <summary>What is said of metrics.</summary>
internal static partial class ObservingLog
{
    [LoggerMessage(
        EventId = 5901,
        Level = LogLevel.Debug,
        Message = "Metrics show what was known before, for the store or the workspace does not answer: {Why}"
    )]
    public static partial void CannotAsk(ILogger logger, string why);
}
