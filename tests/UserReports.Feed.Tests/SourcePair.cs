using DuckDB.NET.Data;
using Npgsql;
using UserReports.Sources.Connections;
using UserReports.Sources.Generating;
using UserReports.Sources.Reading;

namespace UserReports.Feed.Tests;

/// <summary>A generated platform of a test's own, on PostgreSQL or on the embedded engine.</summary>
internal sealed class SourcePair : IAsyncDisposable
{
    private readonly List<string> databases = [];
    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-feed-").FullName;
    private readonly bool isEmbedded;
    private ReportSource? source;

    private SourcePair(bool isEmbedded) => this.isEmbedded = isEmbedded;

    public static string Server =>
        Environment.GetEnvironmentVariable("USERREPORTS_TEST_POSTGRES")
        ?? throw new InvalidOperationException(
            "USERREPORTS_TEST_POSTGRES is not set: run ./test, which starts a server."
        );

    /// <summary>When it was generated: now, since the databases' own clock is asked.</summary>
    public DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    public string Platform { get; private set; } = "";

    public string Usage { get; private set; } = "";

    public ReportSource Source => source ??= new(new(Platform, Usage), TimeProvider.System);

    public IReadOnlyList<SourceDatabase> Databases => [Source.Platform, Source.Usage];

    public static async Task<SourcePair> GenerateAsync(bool embedded, int accounts = 200)
    {
        var pair = new SourcePair(embedded);
        pair.Platform = await pair.MakeAsync("platform");
        pair.Usage = await pair.MakeAsync("usage");
        await SourceGenerator.GenerateAsync(pair.Platform, pair.Usage, new(accounts, pair.Now), null, default);
        return pair;
    }

    /// <summary>Databases that somebody else makes, changes and removes.</summary>
    public static SourcePair Of(string platform, string usage) =>
        new(isEmbedded: false) { Platform = platform, Usage = usage };

    /// <summary>Changes a source database as the platform would.</summary>
    public async Task ChangeAsync(string database, string sql)
    {
        var connectionString = database == "usage" ? Usage : Platform;
        if (!isEmbedded)
        {
            await ExecuteAsync(connectionString, sql);
            return;
        }

        await using var connection = new DuckDBConnection(connectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (source is not null)
            await source.DisposeAsync();
        foreach (var name in databases)
            await ExecuteAsync(Server, $"drop database if exists {name} with (force)");
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> MakeAsync(string kind)
    {
        if (isEmbedded)
            return $"Data Source={Path.Combine(folder, kind + ".duckdb")}";
        var name = $"feed_{kind}_{Guid.NewGuid():n}";
        await ExecuteAsync(Server, $"create database {name} template template0 encoding 'UTF8' locale 'C'");
        databases.Add(name);
        return new NpgsqlConnectionStringBuilder(Server) { Database = name }.ConnectionString;
    }
}
