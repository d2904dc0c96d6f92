namespace UserReports.Store.ClickHouse.Servers;

/// <summary>The servers on which the tables are: the one, or all of a cluster, as its servers know them.</summary>
internal sealed class Cluster(ClickHouseServer server)
{
    /// <summary>Servers read their configuration anew while they run.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    /// <summary>How many tables of a Keeper there are, as a piece of SQL: a server without one has none.</summary>
    public const string KeeperTables =
        "(select toInt64(count()) from system.tables where database = 'system' and name = 'zookeeper')";

    private ClusterShape? known = server.Settings.Cluster is null ? ClusterShape.Single : null;
    private long seenAt;

    /// <summary>As it was seen last; null if it never was.</summary>
    public ClusterShape? Known => Volatile.Read(ref known);

    /// <summary>Which servers there are.</summary>
    /// <exception cref="StoreUnavailableException">No server answers, or none knows the cluster.</exception>
    public async ValueTask<ClusterShape> ShapeAsync(CancellationToken cancellationToken)
    {
        if (server.Settings.Cluster is not { } name)
            return ClusterShape.Single;
        if (Known is { } seen && TimeProvider.System.GetElapsedTime(Volatile.Read(ref seenAt)) < Fresh)
            return seen;
        var shape = await ReadAsync(name, cancellationToken);
        if (shape.Servers.Count == 0)
            throw new StoreUnavailableException(
                $"The database server {server.Settings.Server} knows no cluster {name}: name one of its remote_servers in Cluster of the setting Store."
            );
        Volatile.Write(ref known, shape);
        Volatile.Write(ref seenAt, TimeProvider.System.GetTimestamp());
        return shape;
    }

    /// <summary>The cluster as the servers have it now; without servers if they have none of its name.</summary>
    public async Task<ClusterShape> ReadAsync(string name, CancellationToken cancellationToken) =>
        ClusterShape.Of(
            name,
            await server.RowsAsync(
                new(
                    "select toInt64(shard_num), toInt64(replica_num), host_name, toInt64(port), host_address, toInt64(shard_weight), toInt64(internal_replication) "
                        + "from system.clusters where cluster = {p1:String}",
                    [name]
                ),
                row => new ClusterServer(
                    (int)row.GetInt64(0),
                    (int)row.GetInt64(1),
                    row.GetString(2),
                    (int)row.GetInt64(3),
                    row.GetString(4),
                    (int)row.GetInt64(5),
                    row.GetInt64(6) != 0
                ),
                cancellationToken
            )
        );

    /// <summary>Whether the servers have a Keeper.</summary>
    public async Task<bool> HasKeeperAsync(CancellationToken cancellationToken) =>
        (await server.RowsAsync(new($"select {KeeperTables}", []), row => row.GetInt64(0), cancellationToken))[0] > 0;

    /// <summary>One of the cluster's servers, by itself.</summary>
    public ClickHouseServer At(ClusterShape shape, ClusterServer one) => server.At(one.Host, shape.PlaceOf(one));

    /// <summary>The servers that are told what becomes of tables: one if they tell each other.</summary>
    public IReadOnlyList<ClickHouseServer> Told(ClusterShape shape) =>
        shape.Name is null || shape.IsReplicated ? [server] : [.. shape.Servers.Select(one => At(shape, one))];

    /// <summary>Executes on every server what changes tables or ends statements.</summary>
    /// <param name="sql">With <see cref="ClusterShape.Behind"/> where the servers tell each other.</param>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        var shape = await ShapeAsync(cancellationToken);
        await Task.WhenAll(Told(shape).Select(told => told.ExecuteAsync(sql, cancellationToken)));
    }
}
