using System.Collections.Concurrent;
using Npgsql;
using UserReports.Sources.Tests;

[assembly: AssemblyFixture(typeof(DatabaseTemplates))]

namespace UserReports.Sources.Tests;

/// <summary>
/// Generated platforms of which tests take copies: generating one costs a second, copying it next to nothing. They are
/// made when first asked for, and dropped when all tests are over.
/// </summary>
public sealed class DatabaseTemplates : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<(bool Embedded, int Accounts), Lazy<Task<TestDatabases>>> Templates =
    [];

    /// <summary>The template of a platform; nobody is connected to it.</summary>
    internal static Task<TestDatabases> FindAsync(bool embedded, int accounts) =>
        Templates.GetOrAdd((embedded, accounts), _ => new(() => MakeAsync(embedded, accounts))).Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var template in Templates.Values)
            await (await template.Value).DisposeAsync();
    }

    private static async Task<TestDatabases> MakeAsync(bool embedded, int accounts)
    {
        var template = await TestDatabases.GenerateAsync(embedded, accounts);
        if (embedded)
            return template;
        // A database with a session cannot be copied.
        foreach (var connectionString in (string[])[template.Platform, template.Usage])
            NpgsqlConnection.ClearPool(new(connectionString));
        await TestDatabases.ExecuteAsync(
            TestDatabases.Server,
            $"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname in "
                + $"('{Name(template.Platform)}', '{Name(template.Usage)}')"
        );
        return template;
    }

    private static string Name(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString).Database!;
}
