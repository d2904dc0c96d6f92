using System.Data.Common;
using System.Globalization;

namespace UserReports.Workspace.Engines;

/// <summary>What a server, a database and a role are like.</summary>
/// <param name="Version">As <c>server_version_num</c>.</param>
/// <param name="HasTables">Whether some version has made the tables.</param>
/// <param name="Now">By the server's clock.</param>
internal sealed record PostgresExamination(
    int Version,
    string VersionText,
    string Role,
    string? Schema,
    bool MayCreate,
    bool HasTables,
    bool IsReplica,
    DateTimeOffset Now
)
{
    private const string Question = $"""
        select current_setting('server_version_num')::int, current_setting('server_version'), current_user::text,
            current_schema()::text, coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
            to_regclass('"{WorkspaceMigration.History}"') is not null, pg_is_in_recovery(), clock_timestamp()
        """;

    /// <summary>Why no node can use it, or null.</summary>
    public string? FaultBeforeUse =>
        Version < PostgresEngine.VersionMin
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the server is PostgreSQL {VersionText}; {PostgresEngine.VersionMin / 10_000} or later is needed."
            )
        : IsReplica ? "the server is a replica, which cannot be written to. Name the primary."
        : !HasTables && !MayCreate
            ? $"the role {Role} may not make tables there. Have it own the database (alter database NAME owner to {Role};) or "
                + $"grant it that: grant create, usage on schema {Schema ?? "public"} to {Role};"
        : null;

    /// <summary>Tables that are there, and that the role may not read and write.</summary>
    public static async Task<IReadOnlyList<string>> TablesWithoutRightsAsync(
        DbConnection connection,
        IReadOnlyList<string> tables,
        CancellationToken cancellationToken
    ) =>
        await new WorkspaceCommands(connection, null).ReadAsync(
            """
            select relname::text from pg_class
            where relnamespace = current_schema()::text::regnamespace and relname = any(@p0)
                and not (has_table_privilege(oid, 'SELECT') and has_table_privilege(oid, 'INSERT')
                    and has_table_privilege(oid, 'UPDATE') and has_table_privilege(oid, 'DELETE'))
            order by relname
            """,
            row => row.GetString(0),
            cancellationToken,
            [tables.ToArray()]
        );

    public static async Task<PostgresExamination> RunAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Question;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new(
            row.GetInt32(0),
            row.GetString(1),
            row.GetString(2),
            StoredText.In(row, 3),
            row.GetBoolean(4),
            row.GetBoolean(5),
            row.GetBoolean(6),
            new(row.GetDateTime(7).ToUniversalTime())
        );
    }
}
