using Npgsql;
using UserReports.Testing;

namespace UserReports.Sources.Tests;

/// <summary>A generated platform behind a real PgBouncer, read by a role that the server itself watches.</summary>
/// <remarks>
/// The role may write whatever it likes. Row security calls a function for each table that a statement reads; it fails
/// unless the transaction is read only, sees one snapshot and has the statement timeout of the test.
/// </remarks>
internal sealed class PooledDatabase : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(47);

    private readonly TestDatabases databases;
    private readonly PgBouncer bouncer;
    private readonly string role;

    private PooledDatabase(TestDatabases databases, PgBouncer bouncer, string role, string password)
    {
        (this.databases, this.bouncer, this.role) = (databases, bouncer, role);
        Platform = Pooled(databases.Platform, password);
        Usage = Pooled(databases.Usage, password);
    }

    public string Platform { get; }

    public string Usage { get; }

    public SourceSettings Settings => new(Platform, Usage) { StatementTimeout = Timeout };

    /// <summary>The same databases, read straight by a superuser, whom nobody watches.</summary>
    public SourceSettings Straight => new(databases.Platform, databases.Usage);

    public static async Task<PooledDatabase> CreateAsync(string mode, int accounts, CancellationToken cancellationToken)
    {
        var databases = await TestDatabases.CreateAsync(embedded: false, accounts);
        var (role, password) = ($"pooled_{Guid.NewGuid():n}", Guid.NewGuid().ToString("n"));
        await TestDatabases.ExecuteAsync(TestDatabases.Server, $"create role {role} login password '{password}'");
        foreach (var database in new[] { databases.Platform, databases.Usage })
            await TestDatabases.ExecuteAsync(database, WatchedSql(role));
        var server = new NpgsqlConnectionStringBuilder(TestDatabases.Server);
        var bouncer = await PgBouncer.StartAsync(
            mode,
            // Fewer than clients, so that transactions of one client do meet several connections of the server.
            poolSize: mode == "transaction" ? 2 : 8,
            server.Host!,
            server.Port,
            role,
            password,
            cancellationToken
        );
        return new(databases, bouncer, role, password);
    }

    public async ValueTask DisposeAsync()
    {
        await bouncer.DisposeAsync();
        foreach (var database in new[] { databases.Platform, databases.Usage })
            await TestDatabases.ExecuteAsync(database, $"drop owned by {role} cascade");
        await databases.DisposeAsync();
        await TestDatabases.ExecuteAsync(TestDatabases.Server, $"drop role {role}");
    }

    private static string WatchedSql(string role) =>
        $"""
            create function watched() returns boolean language plpgsql as $$
            begin
                if current_setting('transaction_read_only') <> 'on'
                    or current_setting('transaction_isolation') <> 'repeatable read'
                    or current_setting('statement_timeout') <> '{Timeout.TotalSeconds}s'
                then
                    raise exception 'a read without protection';
                end if;
                return true;
            end $$;
            grant all on schema public to {role};
            grant all on all tables in schema public to {role};
            do $$
            declare t record;
            begin
                for t in select c.oid::regclass as name from pg_class c
                    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
                loop
                    execute format('alter table %s enable row level security', t.name);
                    execute format('create policy watched on %s to {role} using ((select watched()))', t.name);
                end loop;
            end $$;
            """;

    private string Pooled(string database, string password) =>
        new NpgsqlConnectionStringBuilder(database)
        {
            Host = "127.0.0.1",
            Port = bouncer.Port,
            Username = role,
            Password = password,
        }.ConnectionString;
}
