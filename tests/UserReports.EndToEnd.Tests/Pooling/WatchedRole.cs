using System.Globalization;
using Npgsql;
using UserReports.Testing;

namespace UserReports.EndToEnd.Tests.Pooling;

/// <summary>
/// A role that may write, whose every read the server itself watches: row security fails a statement whose transaction
/// is not read only, of one snapshot, and bounded by the statement timeout.
/// </summary>
internal sealed class WatchedRole : IAsyncDisposable
{
    public static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(47);

    private readonly PlatformDatabases databases;

    private WatchedRole(PlatformDatabases databases) => this.databases = databases;

    public string Name { get; } = $"watched_{Guid.NewGuid():n}";

    public string Password { get; } = Guid.NewGuid().ToString("n");

    public static async Task<WatchedRole> CreateAsync(PlatformDatabases databases, CancellationToken cancellationToken)
    {
        var role = new WatchedRole(databases);
        await PlatformDatabases.ExecuteAsync(
            databases.Platform,
            $"create role {role.Name} login password '{role.Password}'",
            cancellationToken
        );
        var sql = SqlFile
            .Read("watched-role.sql")
            .Replace("$role", role.Name, StringComparison.Ordinal)
            .Replace(
                "$timeout",
                StatementTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s",
                StringComparison.Ordinal
            );
        foreach (var database in new[] { databases.Platform, databases.Usage })
            await PlatformDatabases.ExecuteAsync(database, sql, cancellationToken);
        return role;
    }

    /// <summary>The connection string of a database for this role, through a pooler.</summary>
    public string Through(string database, PgBouncer bouncer) =>
        new NpgsqlConnectionStringBuilder(database)
        {
            Host = "127.0.0.1",
            Port = bouncer.Port,
            Username = Name,
            Password = Password,
            Pooling = true,
        }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        foreach (var database in new[] { databases.Platform, databases.Usage })
            await PlatformDatabases.ExecuteAsync(database, $"drop owned by {Name} cascade", CancellationToken.None);
        await PlatformDatabases.ExecuteAsync(databases.Platform, $"drop role {Name}", CancellationToken.None);
    }
}
