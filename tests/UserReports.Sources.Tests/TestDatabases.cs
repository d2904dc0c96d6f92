using DuckDB.NET.Data;
using Npgsql;
using UserReports.Sources.Generating;

namespace UserReports.Sources.Tests;

/// <summary>
/// A generated platform of a test's own: on the real server that the test run provides, or on the embedded engine.
/// </summary>
internal sealed class TestDatabases : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>From version 15 on a server writes each page of a copy to its log, unless it is told to copy files:
    /// that takes half the time.</summary>
    private static readonly Lazy<Task<string>> Strategy = new(async () =>
    {
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync();
        return connection.PostgreSqlVersion.Major >= 15 ? " strategy file_copy" : "";
    });

    private readonly List<string> names = [];
    private readonly string? folder;

    private TestDatabases(string? folder) => this.folder = folder;

    public string Platform { get; private set; } = "";

    public string Usage { get; private set; } = "";

    public static string Server =>
        Environment.GetEnvironmentVariable("USERREPORTS_TEST_POSTGRES")
        ?? throw new InvalidOperationException(
            "USERREPORTS_TEST_POSTGRES is not set: run ./test, which starts a server."
        );

    /// <summary>A generated platform, copied from one that is generated once for all tests.</summary>
    public static async Task<TestDatabases> CreateAsync(bool embedded, int accounts = 300) =>
        await EmptyAsync(embedded, template: await DatabaseTemplates.FindAsync(embedded, accounts));

    /// <summary>A platform that is generated anew.</summary>
    public static async Task<TestDatabases> GenerateAsync(bool embedded, int accounts)
    {
        var databases = await EmptyAsync(embedded);
        await SourceGenerator.GenerateAsync(databases.Platform, databases.Usage, new(accounts, Now), null, default);
        return databases;
    }

    /// <param name="template">What it is a copy of; null for two databases without tables.</param>
    public static async Task<TestDatabases> EmptyAsync(
        bool embedded,
        string encoding = "UTF8",
        TestDatabases? template = null
    )
    {
        if (embedded)
        {
            var path = Directory.CreateTempSubdirectory("user-reports-sources-").FullName;
            foreach (var file in template is null ? [] : Directory.GetFiles(template.folder!))
                File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
            return new(path)
            {
                Platform = $"Data Source={Path.Combine(path, "platform.duckdb")}",
                Usage = $"Data Source={Path.Combine(path, "usage.duckdb")}",
            };
        }

        var databases = new TestDatabases(null);
        databases.Platform = await databases.MakeAsync("platform", encoding, template?.names[0]);
        databases.Usage = await databases.MakeAsync("usage", encoding, template?.names[1]);
        return databases;
    }

    /// <summary>Makes the tables of a generated platform, without a row.</summary>
    public static async Task MakeTablesAsync(TestDatabases databases)
    {
        foreach (var table in GeneratedSchema.Platform.Values)
            await ExecuteAsync(databases.Platform, table.CreateStatement(embedded: false));
        foreach (var table in GeneratedSchema.Usage.Values)
            await ExecuteAsync(databases.Usage, table.CreateStatement(embedded: false));
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Executes SQL that both engines understand in the platform database.</summary>
    public async Task ChangePlatformAsync(string sql)
    {
        if (folder is null)
        {
            await ExecuteAsync(Platform, sql);
            return;
        }

        await using var connection = new DuckDBConnection(Platform);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in names)
            await ExecuteAsync(Server, $"drop database if exists {name} with (force)");
        if (folder is not null)
            Directory.Delete(folder, recursive: true);
    }

    private async Task<string> MakeAsync(string kind, string encoding, string? template)
    {
        var name = $"sources_{kind}_{Guid.NewGuid():n}";
        var source = template ?? $"template0 encoding '{encoding}' locale 'C'";
        await ExecuteAsync(Server, $"create database {name} template {source}{await Strategy.Value}");
        names.Add(name);
        return new NpgsqlConnectionStringBuilder(Server) { Database = name }.ConnectionString;
    }
}
