using Npgsql;
using UserReports.Feed.Replication.Servers;
using UserReports.Sources;

namespace UserReports.Feed.Replication.Publications;

/// <summary>What an operator pastes to have a database followed, and to take it away again.</summary>
public static class FeedSql
{
    private const string UsualRole = "reports_feed";

    /// <summary>The SQL for this database as it is; its tables are looked at, nothing is changed.</summary>
    /// <param name="settings">Any role that may read the catalogue will do.</param>
    /// <param name="isFeedRole">True if the connection's role is the feed's; false for any other that may read.</param>
    /// <param name="wholeRows">True for publications without lists of columns.</param>
    /// <exception cref="SourceException">The database cannot be read.</exception>
    public static async Task<string> WriteAsync(
        ReplicationSettings settings,
        bool isFeedRole,
        bool wholeRows,
        CancellationToken cancellationToken
    )
    {
        await using var server = new ReplicationServer(settings);
        var role =
            isFeedRole && new NpgsqlConnectionStringBuilder(settings.ConnectionString).Username is { Length: > 0 } own
                ? own
                : UsualRole;
        var tables = await server.TablesAsync(cancellationToken);
        var database = (await server.RowAsync("select current_database()::text", cancellationToken))[0];
        var sql = new PublicationSql(settings, tables, server.Version, wholeRows);
        return string.Join(
            '\n',
            [
                $"-- The {settings.Database} database ({database}), as a superuser. The server needs wal_level = logical, a free place in",
                "-- max_replication_slots and max_wal_senders, and max_slot_wal_keep_size (such as 4GB); a change of wal_level takes a restart.",
                $"create role {role} login replication password '…'; -- once for the server",
                .. sql.Grant(role),
                .. sql.Create(),
                .. PinnedWords(sql.Pinned()),
                "",
                "-- To take all of it away again:",
                .. sql.Remove(role).Select(line => $"-- {line}"),
                $"-- drop role {role}; -- once both databases are done",
                "",
            ]
        );
    }

    private static IEnumerable<string> PinnedWords(IReadOnlyList<string> pinned) =>
        pinned.Count == 0
            ? []
            :
            [
                "-- While they are listed, the platform cannot alter the type of these columns, nor drop them without CASCADE:",
                $"-- {string.Join(", ", pinned)}.",
                "-- Before such a migration: alter publication NAME drop table TABLE; afterwards this SQL again. Nothing is missed, for a run follows.",
                "-- Publications without lists (check --feed --whole-rows) never stand in the way, but whole rows travel to the service.",
            ];
}
