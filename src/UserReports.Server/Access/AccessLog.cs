using UserReports.Server.Telemetry;

namespace UserReports.Server.Access;

/// <summary>What access says to the log: never who, never with what.</summary>
internal static partial class AccessLog
{
    [LoggerMessage(
        EventId = 5001,
        Level = LogLevel.Warning,
        Message = "The platform has password hashes of the algorithm '{Algorithm}', which this service does not know; their owners "
            + "cannot sign in with a password. Let them use an API token."
    )]
    public static partial void UnknownAlgorithm(ILogger logger, string algorithm);

    /// <summary>Says that somebody was refused, and counts it.</summary>
    /// <param name="kind"><c>password</c>, <c>code</c> or <c>token</c>.</param>
    public static void Failed(ILogger logger, string kind)
    {
        ServiceMeter.RefuseSignIn(kind);
        SayFailed(logger, kind);
    }

    [LoggerMessage(EventId = 5002, Level = LogLevel.Information, Message = "A sign-in failed: wrong {Kind}.")]
    private static partial void SayFailed(ILogger logger, string kind);

    [LoggerMessage(
        EventId = 5003,
        Level = LogLevel.Warning,
        Message = "Sign-ins with a wrong {Kind} are being limited."
    )]
    public static partial void Limited(ILogger logger, string kind);
}
