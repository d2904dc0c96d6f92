using System.Globalization;
using System.Text.Json;
using UserReports.Feed;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Leading;

namespace UserReports.Workspace.Following;

/// <summary>The ledger of following in the workspace.</summary>
/// <remarks>Of nodes that share a workspace only the one that leads writes here.</remarks>
internal sealed class FollowLedger(WorkspaceSession session, LeaderFence fence, TimeProvider time) : IFollowLedger
{
    private const string Ask = """
        insert into requested_run (source, reason, asked_at, lsn, readable_since) values (@p0, @p1, @p2, @p3, null)
        on conflict (source, reason) do update set asked_at = excluded.asked_at, readable_since = null,
            lsn = case when excluded.lsn > requested_run.lsn then excluded.lsn else requested_run.lsn end
        """;

    /// <summary>A name that is told again keeps its place in the line, so that none waits for ever.</summary>
    private const string Tell = """
        insert into dirty (source, kind, name, first_sequence, sequence, lsn, first_commit, last_commit)
        values (@p0, @p1, @p2, @p3, @p3, @p4, @p5, @p5)
        on conflict (source, kind, name) do update set sequence = excluded.sequence,
            last_commit = excluded.last_commit,
            lsn = case when excluded.lsn > dirty.lsn then excluded.lsn else dirty.lsn end
        """;

    public Task<string?> FindPositionAsync(string feed, CancellationToken cancellationToken) =>
        session.DoAsync(
            async commands =>
                (
                    await commands.ReadAsync(
                        "select position from feed_position where feed = @p0",
                        row => row.GetString(0),
                        cancellationToken,
                        feed
                    )
                ).FirstOrDefault(),
            cancellationToken
        );

    public Task WriteAsync(string feed, string database, ChangeBatch batch, CancellationToken cancellationToken) =>
        fence.DoAsync(
            session,
            async commands =>
            {
                var names = NamesOf(batch);
                if (names.Count > 0)
                {
                    var next = await NextSequenceAsync(commands, cancellationToken);
                    var commit = Instants.Microseconds(batch.FirstCommit ?? batch.SeenUpTo);
                    await commands.ExecuteEachAsync(
                        Tell,
                        names.Select(name =>
                            (IReadOnlyList<object?>)[database, (int)name.Kind, name.Name, next, (long)batch.Lsn, commit]
                        ),
                        cancellationToken
                    );
                }

                if (batch.RunReason is { } reason)
                    await AskAsync(commands, database, reason, (long)batch.Lsn, cancellationToken);
                await commands.ExecuteAsync(
                    """
                    insert into feed_position (feed, position) values (@p0, @p1)
                    on conflict (feed) do update set position = excluded.position
                    """,
                    cancellationToken,
                    feed,
                    batch.Position
                );
            },
            cancellationToken
        );

    public Task ForgetAsync(string feed, string database, string runReason, CancellationToken cancellationToken) =>
        fence.DoAsync(
            session,
            async commands =>
            {
                await commands.ExecuteAsync("delete from feed_position where feed = @p0", cancellationToken, feed);
                await AskAsync(commands, database, runReason, 0, cancellationToken);
            },
            cancellationToken
        );

    public Task<DirtySummary> SummarizeAsync(CancellationToken cancellationToken) =>
        session.DoAsync(
            async commands =>
            {
                var rows = await commands.ReadAsync(
                    "select source, count(*), min(first_commit) from dirty group by source",
                    row => (Database: row.GetString(0), Count: row.GetInt64(1), First: Instants.Of(row.GetInt64(2))),
                    cancellationToken
                );
                return new DirtySummary(
                    rows.Sum(row => row.Count),
                    rows.ToDictionary(row => row.Database, row => row.First, StringComparer.Ordinal)
                );
            },
            cancellationToken
        );

    public Task<IReadOnlyList<DirtyEntry>> OldestAsync(
        int max,
        IReadOnlyDictionary<string, ulong> replayed,
        CancellationToken cancellationToken
    ) =>
        session.DoAsync<IReadOnlyList<DirtyEntry>>(
            async commands =>
            {
                var (condition, values) = Replayed(replayed, 1);
                return await commands.ReadAsync(
                    $"""
                    select source, kind, name, sequence, lsn, first_commit from dirty where {condition}
                    order by first_sequence limit @p0
                    """,
                    row => new DirtyEntry(
                        row.GetString(0),
                        (DirtyKind)row.GetInt32(1),
                        row.GetString(2),
                        row.GetInt64(3),
                        (ulong)row.GetInt64(4),
                        Instants.Of(row.GetInt64(5))
                    ),
                    cancellationToken,
                    [max, .. values]
                );
            },
            cancellationToken
        );

    public Task StrikeOutAsync(IReadOnlyCollection<DirtyEntry> entries, CancellationToken cancellationToken) =>
        fence.DoAsync(
            session,
            async commands =>
            {
                await commands.ExecuteEachAsync(
                    "delete from dirty where source = @p0 and kind = @p1 and name = @p2 and sequence = @p3",
                    entries.Select(KeyOf),
                    cancellationToken
                );
                // What was told again meanwhile has waited since then alone.
                await commands.ExecuteEachAsync(
                    """
                    update dirty set first_sequence = sequence, first_commit = last_commit
                    where source = @p0 and kind = @p1 and name = @p2 and sequence > @p3
                    """,
                    entries.Select(KeyOf),
                    cancellationToken
                );
            },
            cancellationToken
        );

    public Task LeaveToRunAsync(string reason, CancellationToken cancellationToken) =>
        fence.DoAsync(
            session,
            async commands =>
            {
                var databases = await commands.ReadAsync(
                    "select source, max(lsn) from dirty group by source",
                    row => (Database: row.GetString(0), Lsn: row.GetInt64(1)),
                    cancellationToken
                );
                foreach (var (database, lsn) in databases)
                    await AskAsync(commands, database, reason, lsn, cancellationToken);
                await commands.ExecuteAsync("delete from dirty", cancellationToken);
            },
            cancellationToken
        );

    public Task<IReadOnlyList<RequestedRun>> RequestedRunsAsync(CancellationToken cancellationToken) =>
        session.DoAsync<IReadOnlyList<RequestedRun>>(
            async commands =>
                await commands.ReadAsync(
                    "select source, reason, asked_at, lsn, readable_since from requested_run order by asked_at, reason",
                    row => new RequestedRun(
                        row.GetString(0),
                        row.GetString(1),
                        Instants.Of(row.GetInt64(2)),
                        (ulong)row.GetInt64(3),
                        row.IsDBNull(4) ? null : Instants.Of(row.GetInt64(4))
                    ),
                    cancellationToken
                ),
            cancellationToken
        );

    public Task ReadableAsync(IReadOnlyDictionary<string, ulong> replayed, CancellationToken cancellationToken) =>
        fence.DoAsync(
            session,
            commands =>
            {
                var (condition, values) = Replayed(replayed, 1);
                return commands.ExecuteAsync(
                    $"update requested_run set readable_since = @p0 where readable_since is null and ({condition})",
                    cancellationToken,
                    [Instants.Microseconds(time.GetUtcNow()), .. values]
                );
            },
            cancellationToken
        );

    public Task CompletedAsync(DateTimeOffset startedAt, CancellationToken cancellationToken) =>
        fence.DoAsync(
            session,
            commands =>
                commands.ExecuteAsync(
                    "delete from requested_run where readable_since < @p0",
                    cancellationToken,
                    Instants.Microseconds(startedAt)
                ),
            cancellationToken
        );

    public Task<PublishedAccuracy?> FindAccuracyAsync(CancellationToken cancellationToken) =>
        session.DoAsync(
            async commands =>
                (
                    await commands.ReadAsync(
                        "select sampled_at, sampled_rows, differing_rows, fields from published_accuracy",
                        row => new PublishedAccuracy(
                            Instants.Of(row.GetInt64(0)),
                            row.GetInt32(1),
                            row.GetInt32(2),
                            JsonSerializer.Deserialize<DifferingField[]>(row.GetString(3)) ?? []
                        ),
                        cancellationToken
                    )
                ).FirstOrDefault(),
            cancellationToken
        );

    public Task KeepAccuracyAsync(PublishedAccuracy accuracy, CancellationToken cancellationToken) =>
        fence.DoAsync(
            session,
            commands =>
                commands.ExecuteAsync(
                    """
                    insert into published_accuracy (id, sampled_at, sampled_rows, differing_rows, fields)
                    values (1, @p0, @p1, @p2, @p3)
                    on conflict (id) do update set sampled_at = excluded.sampled_at,
                        sampled_rows = excluded.sampled_rows, differing_rows = excluded.differing_rows,
                        fields = excluded.fields
                    """,
                    cancellationToken,
                    Instants.Microseconds(accuracy.SampledAt),
                    accuracy.Rows,
                    accuracy.DifferingRows,
                    JsonSerializer.Serialize(accuracy.Fields)
                ),
            cancellationToken
        );

    private static List<(DirtyKind Kind, string Name)> NamesOf(ChangeBatch batch)
    {
        static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);
        return
        [
            .. batch.Accounts.Select(id => (DirtyKind.Account, Id(id))),
            .. batch.Owners.Select(id => (DirtyKind.Owner, Id(id))),
            .. batch.Organizations.Select(id => (DirtyKind.Organization, id)),
        ];
    }

    private static IReadOnlyList<object?> KeyOf(DirtyEntry entry) =>
        [entry.Database, (int)entry.Kind, entry.Name, entry.Sequence];

    /// <summary>What can be read already, as a condition whose parameters begin at a number.</summary>
    private static (string Sql, IReadOnlyList<object?> Values) Replayed(
        IReadOnlyDictionary<string, ulong> replayed,
        int first
    )
    {
        if (replayed.Count == 0)
            return ("true", []);
        var sql = string.Join(
            " and ",
            replayed.Select((_, i) => $"(source <> @p{first + (2 * i)} or lsn <= @p{first + (2 * i) + 1})")
        );
        return (sql, [.. replayed.SelectMany(pair => (object?[])[pair.Key, (long)pair.Value])]);
    }

    private Task<int> AskAsync(
        WorkspaceCommands commands,
        string database,
        string reason,
        long lsn,
        CancellationToken cancellationToken
    ) => commands.ExecuteAsync(Ask, cancellationToken, database, reason, Instants.Microseconds(time.GetUtcNow()), lsn);

    /// <summary>Never one that was given before, also if what it stood for is gone.</summary>
    private static async Task<long> NextSequenceAsync(WorkspaceCommands commands, CancellationToken cancellationToken)
    {
        var next = await commands.ReadAsync(
            """
            insert into counter (name, value) select 'dirty', coalesce(max(sequence), 0) + 1 from dirty where true
            on conflict (name) do update set value = counter.value + 1 returning value
            """,
            row => row.GetInt64(0),
            cancellationToken
        );
        return next[0];
    }
}
