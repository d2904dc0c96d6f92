using System.Globalization;
using Npgsql;

namespace UserReports.EndToEnd.Tests;

/// <summary>A platform and a usage database of one test's own, on the server that the test run provides.</summary>
internal sealed class PlatformDatabases : IAsyncDisposable
{
    private const string ServerVariable = "USERREPORTS_TEST_POSTGRES";

    private readonly string server;
    private readonly string[] names;

    private PlatformDatabases(string server)
    {
        this.server = server;
        var stem = $"end_to_end_{Guid.NewGuid():n}";
        names = [$"{stem}_platform", $"{stem}_usage"];
        Platform = With(server, names[0]);
        Usage = With(server, names[1]);
    }

    /// <summary>Connection string.</summary>
    public string Platform { get; }

    /// <summary>Connection string.</summary>
    public string Usage { get; }

    /// <summary>Two empty databases.</summary>
    public static async Task<PlatformDatabases> CreateAsync(CancellationToken cancellationToken)
    {
        var server = Environment.GetEnvironmentVariable(ServerVariable);
        if (string.IsNullOrEmpty(server))
            throw new InvalidOperationException($"{ServerVariable} is not set: run ./test, which starts a server.");
        var databases = new PlatformDatabases(server);
        foreach (var name in databases.names)
            await ExecuteAsync(server, $"create database {name} template template0 encoding 'UTF8'", cancellationToken);
        return databases;
    }

    /// <summary>Two databases with the tables and rows of this project's second, hand-written data set.</summary>
    public static async Task<PlatformDatabases> CreateWithRowsAsync(int accounts, CancellationToken cancellationToken)
    {
        var databases = await CreateAsync(cancellationToken);
        await ExecuteAsync(databases.Platform, SqlFile.Read("platform-tables.sql"), cancellationToken);
        await ExecuteAsync(databases.Usage, SqlFile.Read("usage-tables.sql"), cancellationToken);
        var platformRows = SqlFile.Read("platform-rows.sql") + SqlFile.Read("stripe-rows.sql");
        await ExecuteAsync(databases.Platform, WithAccounts(platformRows, accounts), cancellationToken);
        await ExecuteAsync(databases.Usage, WithAccounts(SqlFile.Read("usage-rows.sql"), accounts), cancellationToken);
        return databases;
    }

    /// <summary>Runs statements in one transaction of one connection.</summary>
    public static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first value of a query on the platform database.</summary>
    public async Task<T> ReadAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Platform);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var name in names)
            await ExecuteAsync(server, $"drop database if exists {name} with (force)", CancellationToken.None);
    }

    private static string With(string server, string database) =>
        new NpgsqlConnectionStringBuilder(server) { Database = database, Pooling = false }.ConnectionString;

    private static string WithAccounts(string sql, int accounts) =>
        sql.Replace("$accounts", accounts.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
