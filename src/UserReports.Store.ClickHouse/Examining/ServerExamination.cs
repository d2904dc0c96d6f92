using System.Data.Common;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Examining;

/// <summary>
/// Whether a server or a cluster can keep a store: its servers, their versions and clocks, and what their user may do.
/// </summary>
public static class ServerExamination
{
    /// <summary>Asks the servers; tables are made and dropped again.</summary>
    /// <returns>One line for each subject that is well, and one for each fault.</returns>
    /// <exception cref="StoreUnavailableException">No server answers, or lets the user in.</exception>
    public static async Task<IReadOnlyList<ServerFinding>> RunAsync(
        ClickHouseSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var server = new ClickHouseServer(settings);
        if (settings.Cluster is { } cluster)
            return await ClusterAsync(server, cluster, time, cancellationToken);
        var findings = ServerFindings.Of([await AskAsync(server, null, time, cancellationToken)]);
        findings.Add(await RightsAsync(server, ClusterShape.Single, cancellationToken));
        if (settings.Hosts.Count > 1)
            findings.Add(
                ServerFinding.Bad(
                    "cluster",
                    $"{settings.Server} are several servers, and nothing says that they have the same rows: name their cluster in Cluster of the setting Store"
                )
            );
        return findings;
    }

    private static async Task<IReadOnlyList<ServerFinding>> ClusterAsync(
        ClickHouseServer server,
        string name,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var read = await server.Cluster.ReadAsync(name, cancellationToken);
        if (read.Servers.Count == 0)
        {
            var names = await server.RowsAsync(
                new("select distinct cluster from system.clusters order by cluster", []),
                row => row.GetString(0),
                cancellationToken
            );
            return [ServerFindings.OfUnknown(name, server.Settings.Server, names)];
        }

        var shape = await server.Cluster.ShapeAsync(cancellationToken);
        List<ServerFinding> faults = [];
        List<ServerAnswer> answers = [];
        HashSet<string> lost = new(StringComparer.Ordinal);
        foreach (var one in shape.Servers)
        {
            var asked = server.Cluster.At(shape, one);
            try
            {
                answers.Add(await AskAsync(asked, one, time, cancellationToken));
                await AskOthersAsync(asked, name, cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                // All that look for a server say of it the same.
                if (lost.Add(e is StoreUnreachableException { Server: var silent } ? silent : e.Message))
                    faults.Add(ServerFinding.Bad("servers", e.Message));
            }
        }

        if (answers.Count > 0 && shape.FaultOf(answers.TrueForAll(answer => answer.HasKeeper)) is { } fault)
            faults.Add(ServerFinding.Bad("cluster", fault));
        else
            faults.AddRange(ServerFindings.OfReplicas(answers, shape));
        if (faults.Count > 0)
            return [.. faults, .. ServerFindings.Of(answers)];
        return
        [
            ServerFinding.Good(
                "cluster",
                $"{name} has {shape.Shards} shards on {shape.Servers.Count} servers, all of which answer each other"
            ),
            .. ServerFindings.Of(answers),
            await RightsAsync(server, shape, cancellationToken),
        ];
    }

    /// <summary>What one server says of itself.</summary>
    private static async Task<ServerAnswer> AskAsync(
        ClickHouseServer server,
        ClusterServer? one,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var asked = time.GetUtcNow();
        var answer = (
            await server.RowsAsync(
                new(
                    $"""
                    select version(), toUnixTimestamp64Micro(now64(6)),
                        {Cluster.KeeperTables},
                        (select groupArray(concat(macro, '=', substitution)) from system.macros),
                        (select groupArray(table) from system.replicas where is_readonly and database = currentDatabase())
                    """,
                    []
                ),
                row => new ServerAnswer(server.Settings.Server, one, row.GetString(0))
                {
                    Clock = DateTimeOffset.UnixEpoch.AddMicroseconds(row.GetInt64(1)),
                    HasKeeper = row.GetInt64(2) > 0,
                    Macros = Texts(row, 3),
                    ReadOnly = Texts(row, 4),
                },
                cancellationToken
            )
        )[0];
        return answer with { Asked = asked, Answered = time.GetUtcNow() };
    }

    private static IReadOnlyList<string> Texts(DbDataReader row, int column) => (string[])row.GetValue(column);

    /// <summary>Whether a server reaches all others.</summary>
    private static Task<List<long>> AskOthersAsync(
        ClickHouseServer server,
        string cluster,
        CancellationToken cancellationToken
    ) =>
        server.RowsAsync(
            new($"select toInt64(count()) from clusterAllReplicas({SqlText.Name(cluster)}, system.one)", []),
            row => row.GetInt64(0),
            cancellationToken
        );

    /// <summary>Everything that a run does to its tables, tried on one of no consequence.</summary>
    private static async Task<ServerFinding> RightsAsync(
        ClickHouseServer server,
        ClusterShape shape,
        CancellationToken cancellationToken
    )
    {
        var name = $"checked_{Guid.NewGuid():N}";
        var engine = shape.IsReplicated
            ? $"ReplicatedMergeTree('/clickhouse/tables/{{shard}}/{server.Settings.Database}/{name}', '{{replica}}')"
            : "MergeTree";
        string[] statements =
        [
            $"create table {name}{shape.Behind} (number Int64) engine = {engine} order by number",
            $"insert into {name} select 1",
            $"alter table {name}{shape.Behind} delete where number = 1",
            $"rename table {name} to {name}_renamed{shape.Behind}",
            $"drop table {name}_renamed{shape.Behind} sync",
        ];
        foreach (var statement in statements)
        {
            try
            {
                await server.Cluster.ExecuteAsync(statement, cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                return ServerFinding.Bad(
                    "rights",
                    $"{e.Message} The user needs SELECT, INSERT, ALTER DELETE, CREATE TABLE and DROP TABLE on the database {server.Settings.Database}"
                        + (shape.Name is null ? "" : ", and REMOTE and CLUSTER on all")
                );
            }
        }

        return ServerFinding.Good("rights", $"the user may read and write in the database {server.Settings.Database}");
    }
}
