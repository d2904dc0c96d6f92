using System.Data.Common;
using System.Globalization;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Engines;

namespace UserReports.Workspace.Nodes;

/// <summary>The nodes of a workspace: each tells of itself every few seconds, and all know all.</summary>
/// <remarks>
/// A row stays when its node has gone: its audit log may be asked for, and then has to be named. Every member throws
/// <see cref="LedgerException"/> if the workspace cannot be used.
/// </remarks>
public sealed class KnownNodes(WorkspaceDatabase workspace, TimeProvider time) : IDisposable
{
    /// <summary>Time between two heartbeats.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    /// <summary>Who has not been heard of for so long is gone.</summary>
    public static readonly TimeSpan GoneAfter = 4 * Every;

    private const string Columns =
        "id, name, address, version, has_files, rules_digest, run, following, limits_digest, first_seen_at, started_at, "
        + "seen_at, has_stopped, clock_ahead";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private FileStream? held;

    /// <summary>Takes its place among the nodes. Rows in files are one node's alone.</summary>
    /// <exception cref="NodeRefusedException">Another node is at work with which this one cannot be.</exception>
    public async Task JoinAsync(NodeHeartbeat self, CancellationToken cancellationToken)
    {
        await workspace.MakeReadyAsync(cancellationToken);
        if (!workspace.IsShared)
            Hold();
        var asked = time.GetTimestamp();
        IReadOnlyList<KnownNode> before = [];
        while (true)
        {
            var others = await TryJoinAsync(self, cancellationToken);
            if (others.Count == 0)
                return;
            // One that was killed looks alive for a while. A second heartbeat, or too long a wait, tells.
            var alive = others.FirstOrDefault(node =>
                before.Any(seen => seen.Told.Id == node.Told.Id && seen.SeenAt < node.SeenAt)
            );
            if (alive is not null || time.GetElapsedTime(asked) > 2 * GoneAfter)
                throw Refused(self, alive ?? others[0]);
            before = before.Count == 0 ? others : before;
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    /// <summary>Tells that this node is there, and how it is.</summary>
    public Task BeatAsync(NodeHeartbeat self, CancellationToken cancellationToken) =>
        workspace.Requests.DoAsync(
            commands => PutAsync(commands, self, isStart: false, cancellationToken),
            cancellationToken
        );

    /// <summary>Says goodbye.</summary>
    public Task LeaveAsync(string id, CancellationToken cancellationToken) =>
        workspace.Requests.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    $"update node set has_stopped = true, run = null, following = null, seen_at = {Now} where id = @p0",
                    cancellationToken,
                    id
                ),
            cancellationToken
        );

    /// <summary>All that are known, live ones first, by name.</summary>
    public async Task<IReadOnlyList<KnownNode>> AllAsync(CancellationToken cancellationToken)
    {
        var nodes = await workspace.Requests.ReadAsync(
            commands => ReadAsync(commands, "true", cancellationToken),
            cancellationToken
        );
        return
        [
            .. nodes
                .OrderByDescending(node => node.IsLive)
                .ThenBy(node => node.Told.Name, StringComparer.Ordinal)
                .ThenBy(node => node.Told.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>Forgets nodes that have been gone for longer: nothing of theirs is asked for any more.</summary>
    public Task ForgetAsync(TimeSpan gone, CancellationToken cancellationToken) =>
        workspace.Requests.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    $"delete from node where seen_at < {Now} - @p0",
                    cancellationToken,
                    Instants.Microseconds(gone)
                ),
            cancellationToken
        );

    /// <summary>Forgets a node that will not come back, with its audit log.</summary>
    /// <returns>False if no node that is gone has this name.</returns>
    public async Task<bool> ForgetAsync(string name, CancellationToken cancellationToken) =>
        await workspace.Requests.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    $"delete from node where name = @p0 and (has_stopped or seen_at <= {Now} - @p1)",
                    cancellationToken,
                    name,
                    Instants.Microseconds(GoneAfter)
                ),
            cancellationToken
        ) > 0;

    /// <inheritdoc/>
    public void Dispose() => held?.Dispose();

    private string Now => workspace.Engine.Now(time);

    /// <summary>Takes its place, unless there are others with which it cannot be: those are returned.</summary>
    private Task<IReadOnlyList<KnownNode>> TryJoinAsync(NodeHeartbeat self, CancellationToken cancellationToken) =>
        workspace.Requests.DoAsync<IReadOnlyList<KnownNode>>(
            async commands =>
            {
                // Of two that start at once the second one sees the first.
                if (workspace.IsShared)
                    await commands.ExecuteAsync("lock table node in share row exclusive mode", cancellationToken);
                var others = (await ReadAsync(commands, "id <> @p0", cancellationToken, self.Id)).FindAll(node =>
                    workspace.IsShared && node.IsLive && (self.HasFiles || node.Told.HasFiles)
                );
                if (others.Count == 0)
                    await PutAsync(commands, self, isStart: true, cancellationToken);
                return others;
            },
            cancellationToken
        );

    private Task<int> PutAsync(
        WorkspaceCommands commands,
        NodeHeartbeat self,
        bool isStart,
        CancellationToken cancellationToken
    ) =>
        commands.ExecuteAsync(
            $"""
            insert into node ({Columns})
            values (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, {Now}, {Now}, {Now}, false, @p9 - {Now})
            on conflict (id) do update set name = excluded.name, address = excluded.address, version = excluded.version,
                has_files = excluded.has_files, rules_digest = excluded.rules_digest, run = excluded.run,
                following = excluded.following, limits_digest = excluded.limits_digest, seen_at = excluded.seen_at,
                has_stopped = excluded.has_stopped, clock_ahead = excluded.clock_ahead
                {(isStart ? ", started_at = excluded.started_at" : "")}
            """,
            cancellationToken,
            self.Id,
            StoredText.Of(self.Name),
            self.Address,
            self.Version,
            self.HasFiles,
            self.RulesDigest,
            self.Run?.ToString("D", CultureInfo.InvariantCulture),
            self.Following,
            self.LimitsDigest,
            Instants.Microseconds(time.GetUtcNow())
        );

    private Task<List<KnownNode>> ReadAsync(
        WorkspaceCommands commands,
        string condition,
        CancellationToken cancellationToken,
        params IReadOnlyList<object?> values
    ) => commands.ReadAsync($"select {Columns}, {Now} from node where {condition}", Read, cancellationToken, values);

    private static KnownNode Read(DbDataReader row)
    {
        var seen = row.GetInt64(11);
        return new(
            new(row.GetString(0), row.GetString(1), Text(2), row.GetString(3), row.GetBoolean(4), row.GetString(5))
            {
                Run = Text(6) is { } run ? Guid.Parse(run) : null,
                Following = Text(7),
                LimitsDigest = Text(8),
            },
            Instants.Of(row.GetInt64(9)),
            Instants.Of(row.GetInt64(10)),
            Instants.Of(seen),
            TimeSpan.FromMicroseconds(row.GetInt64(14) - seen),
            row.GetBoolean(12),
            TimeSpan.FromMicroseconds(row.GetInt64(13))
        );

        string? Text(int column) => StoredText.In(row, column);
    }

    /// <summary>A file has no clock that nodes share; who holds it is known at once, and let go of with the process.
    /// </summary>
    private void Hold()
    {
        try
        {
            held ??= SqliteEngine.Hold(workspace.Engine.Place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeRefusedException(
                $"Another node uses the workspace {workspace.Engine.Place}, and a file is for one: {e.Message} Stop that one, or "
                    + "move the workspace to PostgreSQL (user-reports move) and name it in the setting Workspace."
            );
        }
    }

    private static NodeRefusedException Refused(NodeHeartbeat self, KnownNode other) =>
        new(
            $"The node {other.Told.Name} serves this workspace already, and "
                + (other.Told.HasFiles ? "it keeps its rows" : "this one would keep its rows")
                + " in files of its own, which no other node can read. "
                + (self.HasFiles ? "Set Store to the shared store" : "Set Store there to the shared store")
                + " (Host=…), give this node a workspace of its own, or stop that one."
        );
}

/// <summary>This node may not be beside those that are at work; the message says why and what to do.</summary>
public sealed class NodeRefusedException(string message) : Exception(message);
