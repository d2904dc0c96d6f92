using Npgsql;

[assembly: AssemblyFixture(typeof(UserReports.Workspace.Tests.DatabaseTemplate))]

namespace UserReports.Workspace.Tests;

/// <summary>A database with the tables, made once, of which tests take copies: that costs a tenth of making
/// them.</summary>
public sealed class DatabaseTemplate : IAsyncDisposable
{
    private static readonly string Name = $"workspace_template_{Guid.NewGuid():n}";

    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    public static Task<string> FindAsync() => Made.Value;

    public async ValueTask DisposeAsync()
    {
        if (Made.IsValueCreated)
            await TemporaryDatabase.ExecuteAsync(
                TemporaryDatabase.Server,
                $"drop database if exists {Name} with (force)"
            );
    }

    private static async Task<string> MakeAsync()
    {
        await TemporaryDatabase.ExecuteAsync(TemporaryDatabase.Server, $"create database {Name} template template0");
        // Nobody may be connected to what is copied.
        var connection = new NpgsqlConnectionStringBuilder(TemporaryDatabase.Server)
        {
            Database = Name,
            Pooling = false,
        };
        await using var workspace = new WorkspaceDatabase(connection.ConnectionString, TimeProvider.System);
        await workspace.Follow.SummarizeAsync(default);
        return Name;
    }
}
