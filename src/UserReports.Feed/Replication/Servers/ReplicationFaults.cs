using Npgsql;
using UserReports.Sources;

namespace UserReports.Feed.Replication.Servers;

/// <summary>What errors of the server mean for a feed.</summary>
internal static class ReplicationFaults
{
    private const string UndefinedObject = "42704";
    private const string ObjectNotInPrerequisiteState = "55000";
    private const string UndefinedFile = "58P01";

    /// <summary>The feed may go on later, from the same position.</summary>
    public static SourceException Unreachable(ReplicationSettings settings, Exception e) =>
        new(
            e is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused
                ? $"The {settings.Database} feed's role may not: {refused.MessageText}. `user-reports check --feed` prints what it needs."
                : $"The {settings.Database} feed cannot reach its database: {Words(e)}",
            e,
            isTransient: e is not PostgresException p || p.IsTransient
        );

    /// <summary>What the stream's error means.</summary>
    public static Exception OfStream(ReplicationSettings settings, Exception e) =>
        e is PostgresException p
            ? p.SqlState switch
            {
                UndefinedObject when p.MessageText.Contains("publication", StringComparison.Ordinal) =>
                    new FeedLostException(
                        $"The {settings.Database} database: {p.MessageText}. `user-reports check --feed` prints how to make it.",
                        p
                    ),
                UndefinedObject => new FeedLostException(
                    $"The slot {settings.Slot} of the {settings.Database} database is gone: {p.MessageText}.",
                    p
                ),
                ObjectNotInPrerequisiteState or UndefinedFile => new FeedLostException(
                    $"The slot {settings.Slot} of the {settings.Database} database can tell nothing any more: {p.MessageText}.",
                    p
                ),
                PostgresErrorCodes.ObjectInUse => new SourceException(
                    $"The slot {settings.Slot} of the {settings.Database} database is in use: {p.MessageText}. Two installations need two names.",
                    p,
                    isTransient: true
                ),
                _ => Unreachable(settings, e),
            }
            : Unreachable(settings, e);

    /// <summary>True for an error of the connection or the server.</summary>
    public static bool IsOfTheServer(Exception e) =>
        e is NpgsqlException or System.Net.Sockets.SocketException or IOException or TimeoutException;

    private static string Words(Exception e) => e is PostgresException p ? p.MessageText : e.Message.Split('\n')[0];
}
