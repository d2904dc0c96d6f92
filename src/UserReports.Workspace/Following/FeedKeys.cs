using System.Globalization;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Leading;

namespace UserReports.Workspace.Following;

/// <summary>Whose rows of source tables are, in the workspace.</summary>
internal sealed class FeedKeys(WorkspaceSession session, LeaderFence fence) : IFeedKeys
{
    /// <summary>Keys of one transaction while a table is filled: others write between.</summary>
    private const int FilledAtOnce = 10_000;

    /// <summary>Keys of one question.</summary>
    private const int FoundAtOnce = 500;

    private const string Put = """
        insert into feed_key (table_id, row_key, account, organization) values (@p0, @p1, @p2, @p3)
        on conflict (table_id, row_key) do update set account = excluded.account, organization = excluded.organization
        """;

    /// <summary>What was added while the table is filled is newer than what is filled in.</summary>
    private const string PutUnlessThere = """
        insert into feed_key (table_id, row_key, account, organization) values (@p0, @p1, @p2, @p3)
        on conflict (table_id, row_key) do nothing
        """;

    public Task<bool> IsFilledAsync(string table, CancellationToken cancellationToken) =>
        session.DoAsync(
            async commands =>
                (
                    await commands.ReadAsync(
                        "select is_filled from feed_key_table where name = @p0",
                        row => row.GetBoolean(0),
                        cancellationToken,
                        table
                    )
                ).FirstOrDefault(),
            cancellationToken
        );

    public async Task FillAsync(string table, IAsyncEnumerable<FeedKey> keys, CancellationToken cancellationToken)
    {
        await ForgetAsync(table, cancellationToken);
        await foreach (var some in keys.Chunk(FilledAtOnce).WithCancellation(cancellationToken))
            await PutAsync(table, PutUnlessThere, some, cancellationToken);
        await fence.DoAsync(
            session,
            async commands =>
                await commands.ExecuteAsync(
                    "update feed_key_table set is_filled = true where id = @p0",
                    cancellationToken,
                    await IdAsync(commands, table, cancellationToken)
                ),
            cancellationToken
        );
    }

    public Task AddAsync(string table, IReadOnlyCollection<FeedKey> keys, CancellationToken cancellationToken) =>
        PutAsync(table, Put, keys, cancellationToken);

    public Task<IReadOnlyDictionary<string, FeedKey>> FindAsync(
        string table,
        IReadOnlyCollection<string> keys,
        CancellationToken cancellationToken
    ) =>
        session.DoAsync<IReadOnlyDictionary<string, FeedKey>>(
            async commands =>
            {
                var id = await IdAsync(commands, table, cancellationToken);
                Dictionary<string, FeedKey> found = new(keys.Count, StringComparer.Ordinal);
                foreach (var some in keys.Chunk(FoundAtOnce))
                {
                    var rows = await commands.ReadAsync(
                        $"""
                        select row_key, account, organization from feed_key
                        where table_id = @p0 and row_key in ({Placeholders(some.Length)})
                        """,
                        row => new FeedKey(
                            row.GetString(0),
                            row.IsDBNull(1) ? null : row.GetInt64(1),
                            StoredText.In(row, 2)
                        ),
                        cancellationToken,
                        [id, .. some]
                    );
                    foreach (var row in rows)
                        found[row.Key] = row;
                }

                return found;
            },
            cancellationToken
        );

    public Task RemoveAsync(string table, IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        fence.DoAsync(
            session,
            async commands =>
            {
                var id = await IdAsync(commands, table, cancellationToken);
                await commands.ExecuteEachAsync(
                    "delete from feed_key where table_id = @p0 and row_key = @p1",
                    keys.Select(key => (IReadOnlyList<object?>)[id, key]),
                    cancellationToken
                );
            },
            cancellationToken
        );

    public Task ForgetAsync(string table, CancellationToken cancellationToken) =>
        fence.DoAsync(
            session,
            async commands =>
            {
                var id = await IdAsync(commands, table, cancellationToken);
                await commands.ExecuteAsync("delete from feed_key where table_id = @p0", cancellationToken, id);
                await commands.ExecuteAsync(
                    "update feed_key_table set is_filled = false where id = @p0",
                    cancellationToken,
                    id
                );
            },
            cancellationToken
        );

    private static string Placeholders(int count) =>
        string.Join(
            ", ",
            Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"@p{i}"))
        );

    private Task PutAsync(
        string table,
        string sql,
        IReadOnlyCollection<FeedKey> keys,
        CancellationToken cancellationToken
    ) =>
        fence.DoAsync(
            session,
            async commands =>
            {
                var id = await IdAsync(commands, table, cancellationToken);
                await commands.ExecuteEachAsync(
                    sql,
                    keys.Select(key => (IReadOnlyList<object?>)[id, key.Key, key.Account, key.Organization]),
                    cancellationToken
                );
            },
            cancellationToken
        );

    /// <summary>The table's number; the first time it is given one.</summary>
    private static async Task<int> IdAsync(
        WorkspaceCommands commands,
        string table,
        CancellationToken cancellationToken
    )
    {
        await commands.ExecuteAsync(
            """
            insert into feed_key_table (id, name, is_filled)
            select coalesce(max(id), 0) + 1, @p0, false from feed_key_table where true on conflict (name) do nothing
            """,
            cancellationToken,
            table
        );
        var found = await commands.ReadAsync(
            "select id from feed_key_table where name = @p0",
            row => row.GetInt32(0),
            cancellationToken,
            table
        );
        return found[0];
    }
}
