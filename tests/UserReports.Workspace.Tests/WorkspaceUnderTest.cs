using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using UserReports.Feed;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Earlier;

namespace UserReports.Workspace.Tests;

/// <summary>A real workspace on some engine in a place of its own, with a clock that tests move.</summary>
public abstract class WorkspaceUnderTest : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public static readonly IReadOnlyDictionary<string, ulong> Everything = new Dictionary<string, ulong>();

    public FakeTimeProvider Time { get; } = new(Now);

    /// <summary>Another one after it has been reopened.</summary>
    public WorkspaceDatabase Database { get; private set; } = null!;

    public IFollowLedger Follow => Database.Follow;

    public IFeedKeys Keys => Database.Keys;

    /// <summary>The value of the setting.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>As messages name it.</summary>
    public abstract string Place { get; }

    /// <summary>As if the process had ended and begun again; it leads as before.</summary>
    public async Task ReopenAsync()
    {
        await Database.DisposeAsync();
        await OpenAsync();
        await LeadAsync();
    }

    /// <summary>Has this node lead, for longer than any test takes.</summary>
    public virtual Task LeadAsync() => Task.CompletedTask;

    public static ChangeBatch Batch(string position, params long[] accounts) =>
        new()
        {
            Position = position,
            SeenUpTo = Now,
            Accounts = accounts,
        };

    public async Task<IReadOnlyList<string>> DirtyAsync() =>
        [.. (await Follow.OldestAsync(1_000, Everything, default)).Select(entry => $"{entry.Kind} {entry.Name}")];

    /// <summary>Executes a statement beside the service.</summary>
    public abstract Task ExecuteAsync(string sql);

    public virtual async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens it as another process would.</summary>
    public WorkspaceDatabase Open(string node = "this node", EarlierFiles? files = null) =>
        new(ConnectionString, Time, node, files: files);

    protected Task OpenAsync()
    {
        Database = Open();
        return Task.CompletedTask;
    }
}

/// <summary>Makes workspaces on one engine.</summary>
public interface IWorkspaceMaker
{
    /// <summary>An empty one.</summary>
    static abstract Task<WorkspaceUnderTest> MakeAsync();

    /// <summary>One that nobody has opened yet.</summary>
    static abstract Task<WorkspaceUnderTest> MakeBareAsync();
}

/// <summary>
/// What every engine is held to. Each suite is abstract: an engine's tests have one subclass of each, and nothing in
/// it.
/// </summary>
public abstract class WorkspaceContract<TMaker>
    where TMaker : IWorkspaceMaker
{
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>One whose node leads.</summary>
    protected static async Task<WorkspaceUnderTest> EmptyAsync()
    {
        var made = await TMaker.MakeAsync();
        await made.LeadAsync();
        return made;
    }
}

/// <summary>A workspace in a file.</summary>
public sealed class TemporaryFile : WorkspaceUnderTest, IWorkspaceMaker
{
    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-workspace-").FullName;

    private TemporaryFile() { }

    public override string ConnectionString => $"Data Source={Place}";

    public override string Place => Path.Combine(folder, "kept", "workspace.db");

    public static Task<WorkspaceUnderTest> MakeAsync() => MakeBareAsync();

    public static async Task<WorkspaceUnderTest> MakeBareAsync()
    {
        var made = new TemporaryFile();
        await made.OpenAsync();
        return made;
    }

    public override async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Place};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A workspace in a database of its own, on the server that the test run provides.</summary>
public sealed class TemporaryDatabase : WorkspaceUnderTest, IWorkspaceMaker
{
    private readonly string name = $"workspace_{Guid.NewGuid():n}";

    private TemporaryDatabase() { }

    public static string Server =>
        Environment.GetEnvironmentVariable("USERREPORTS_TEST_POSTGRES")
        ?? throw new InvalidOperationException(
            "USERREPORTS_TEST_POSTGRES is not set: run ./test, which starts a server."
        );

    public override string ConnectionString =>
        new NpgsqlConnectionStringBuilder(Server) { Database = name }.ConnectionString;

    public override string Place => $"{name} on {new NpgsqlConnectionStringBuilder(Server).Host}";

    public static async Task<WorkspaceUnderTest> MakeAsync() => await MakeAsync(await DatabaseTemplate.FindAsync());

    public static Task<WorkspaceUnderTest> MakeBareAsync() => MakeAsync("template0");

    private static async Task<WorkspaceUnderTest> MakeAsync(string template)
    {
        var made = new TemporaryDatabase();
        await ExecuteAsync(Server, $"create database {made.name} template {template}");
        await made.OpenAsync();
        return made;
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        // A new connection costs the server more than most statements; those to a test's own database end with it.
        await using var connection = new NpgsqlConnection(
            connectionString == Server ? connectionString : connectionString + ";Pooling=false"
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public override Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    public override async Task LeadAsync()
    {
        await PassLeaseAsync();
        Assert.NotNull(await Database.Leadership.TryTakeAsync(default));
        await ExecuteAsync("update lease set until_at = until_at + 3600000000");
    }

    /// <summary>As if so much time had passed that every lease is over.</summary>
    public async Task PassLeaseAsync()
    {
        await Database.Follow.SummarizeAsync(default);
        await ExecuteAsync("update lease set until_at = 0");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await ExecuteAsync(Server, $"drop database if exists {name} with (force)");
    }
}
