using System.Text.Json.Serialization;

namespace UserReports.Server.Access.Sessions;

/// <summary>How sessions are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SessionFile))]
internal sealed partial class SessionJson : JsonSerializerContext;

/// <summary>What is said of sessions: never whose.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(
        EventId = 5101,
        Level = LogLevel.Error,
        Message = "The sessions in {Path} cannot be written, so nobody can sign in to the explorer. Check disk and rights."
    )]
    public static partial void CannotKeep(ILogger logger, string path, Exception exception);

    [LoggerMessage(
        EventId = 5102,
        Level = LogLevel.Error,
        Message = "The sessions in {Path} cannot be read. The file is set aside, and everybody has to sign in again."
    )]
    public static partial void SetAside(ILogger logger, string path, Exception exception);
}
