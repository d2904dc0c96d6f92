namespace UserReports.Sources.Connections;

/// <summary>Looks at a connection to PostgreSQL: whose it is, and what protects it on its way.</summary>
internal static class ConnectionExamination
{
    /// <param name="add">Takes what is found.</param>
    /// <returns>True on a replica.</returns>
    public static async Task<bool> RunAsync(
        SourceSession session,
        ConnectionProtection protection,
        Action<SourceFinding> add,
        CancellationToken cancellationToken
    )
    {
        string version = "",
            role = "";
        bool isReplica = false,
            isEncrypted = false,
            isByGss = false,
            isLocal = false;
        await session.ReadAsync(
            """
            select current_setting('server_version'), pg_is_in_recovery(), session_user::text,
                coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false),
                coalesce((select encrypted from pg_stat_gssapi where pid = pg_backend_pid()), false),
                inet_server_addr() is null or inet_client_addr() <<= '127.0.0.0/8' or inet_client_addr() = '::1'
            """,
            row =>
                (version, isReplica, role, isEncrypted, isByGss, isLocal) = (
                    row.Text(0),
                    row.Flag(1),
                    row.Text(2),
                    row.Flag(3),
                    row.Flag(4),
                    row.Flag(5)
                ),
            cancellationToken
        );
        add(
            new(
                FindingKind.Good,
                "connection",
                $"PostgreSQL {version.Split(' ')[0]}, {(isReplica ? "a replica" : "a primary")}, as the role {role}"
            )
        );
        // Through a pooler the server knows nothing of the way to us, only of its own.
        if (!await session.HasPoolerAsync(cancellationToken))
        {
            add(protection.Of(isEncrypted, isByGss, isLocal));
            return isReplica;
        }

        add(protection.Of(isEncrypted: true, isByGss: false, isWithinMachine: false));
        if (!isEncrypted && !isByGss && !isLocal)
            add(
                new(
                    FindingKind.Warning,
                    "encryption",
                    "between the pooler and the server none: personal data crosses the network in the clear. Have the "
                        + "pooler use TLS (server_tls_sslmode = verify-full)."
                )
            );
        return isReplica;
    }
}
