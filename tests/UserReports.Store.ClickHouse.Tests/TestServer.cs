using UserReports.Store.ClickHouse.Servers;

namespace UserReports.Store.ClickHouse.Tests;

/// <summary>A server, or a cluster, that tests use.</summary>
/// <param name="variable">The environment's variable that names it.</param>
internal sealed class TestServer(string variable)
{
    public static TestServer One { get; } = new("USERREPORTS_TEST_CLICKHOUSE");

    public static TestServer Cluster { get; } = new("USERREPORTS_TEST_CLICKHOUSE_CLUSTER");

    /// <summary>A connection string without a database.</summary>
    public string Connection =>
        Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException(
            $"{variable} is not set: ./test starts ClickHouse servers and sets it; by hand, source eng/clickhouse.sh."
        );

    /// <summary>Makes a database on each server and gives its connection string.</summary>
    public async Task<string> CreateAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync($"create database {name}");
        return $"{Connection};Database={name}";
    }

    /// <summary>Drops a database.</summary>
    public Task DropAsync(string connection) =>
        ExecuteAsync($"drop database if exists {new ClickHouseSettings(connection).Database}");

    private async Task ExecuteAsync(string sql)
    {
        using var server = new ClickHouseServer(new($"{Connection};Database=default"));
        await Task.WhenAll(
            server.Settings.Hosts.Select(host => server.At(host, "a server").ExecuteAsync(sql, CancellationToken.None))
        );
    }
}
