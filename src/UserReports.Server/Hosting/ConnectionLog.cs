namespace UserReports.Server.Hosting;

/// <summary>What is said at the start of the ways to the sources.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void Unprotected(ILogger logger, string warning);
}
