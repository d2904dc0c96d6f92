using UserReports.Core.Reports;
using UserReports.Store.Contract;
using UserReports.Workspace;

namespace UserReports.Store.ClickHouse.Tests;

/// <summary>A real store in a database of its own, with its ledger in a workspace of its own.</summary>
public sealed class TemporaryStore : StoreUnderTest, IStoreEngine
{
    private readonly TestServer server;
    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-shared-").FullName;
    private readonly string workspace;
    private ClickHouseStore store = null!;

    private TemporaryStore(TestServer server, string? workspace)
    {
        this.server = server;
        this.workspace = workspace ?? $"Data Source={Path.Combine(folder, "workspace.sqlite")}";
    }

    public string ConnectionString { get; private set; } = "";

    public ClickHouseSettings Settings => new(ConnectionString) { QueryTime = QueryTime, UnusedFor = UnusedFor };

    public TimeSpan QueryTime { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan UnusedFor { get; set; } = TimeSpan.FromHours(1);

    public WorkspaceDatabase Workspace { get; private set; } = null!;

    public override ClickHouseStore Store => store;

    static async Task<StoreUnderTest> IStoreEngine.OpenAsync() => await EmptyAsync(TestServer.One);

    /// <param name="workspace">Where the ledger is kept; null for a file.</param>
    internal static async Task<TemporaryStore> EmptyAsync(TestServer server, string? workspace = null)
    {
        var store = new TemporaryStore(server, workspace) { ConnectionString = await server.CreateAsync() };
        await store.OpenAsync();
        return store;
    }

    /// <summary>A store with one completed run of these reports.</summary>
    internal static async Task<TemporaryStore> WithAsync(TestServer server, IReadOnlyList<Report> reports)
    {
        var store = await EmptyAsync(server);
        await store.RunAsync(reports);
        return store;
    }

    /// <inheritdoc cref="WithAsync(TestServer, IReadOnlyList{Report})"/>
    public static Task<TemporaryStore> WithAsync(IReadOnlyList<Report> reports) => WithAsync(TestServer.One, reports);

    /// <summary>Another process's view of the same store.</summary>
    public Task<ClickHouseStore> OpenSecondAsync() => OpenSecondAsync(Settings);

    /// <summary>The same rows by way of other servers, or another cluster.</summary>
    public Task<ClickHouseStore> OpenSecondAsync(ClickHouseSettings settings) =>
        ClickHouseStore.OpenAsync(
            settings,
            Workspace.SharedLedger(ClickHouseStore.Layout),
            Time,
            CancellationToken.None
        );

    public override async Task ReopenAsync()
    {
        await store.DisposeAsync();
        await Workspace.DisposeAsync();
        await OpenAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await Workspace.DisposeAsync();
        await server.DropAsync(ConnectionString);
        Directory.Delete(folder, recursive: true);
    }

    private async Task OpenAsync()
    {
        Workspace = new(workspace, Time);
        store = await OpenSecondAsync();
    }
}

/// <summary>Stores in a cluster, whose servers have the database each.</summary>
public sealed class TemporaryCluster : IStoreEngine
{
    static async Task<StoreUnderTest> IStoreEngine.OpenAsync() => await TemporaryStore.EmptyAsync(TestServer.Cluster);
}
