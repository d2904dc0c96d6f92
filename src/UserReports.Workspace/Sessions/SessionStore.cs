using System.Data.Common;
using BitFaster.Caching.Lru;
using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Sessions;

/// <summary>The sessions that are open: a cookie of any other is worth nothing, on whichever node.</summary>
/// <remarks>
/// Beginning and ending are written at once, uses at most once a minute. Every member throws
/// <see cref="LedgerException"/> if the workspace cannot be used; only whether a session is open is then believed for
/// <see cref="BelievedFor"/>, as rights are.
/// </remarks>
/// <param name="idleMax">How long a session lasts unused.</param>
public sealed class SessionStore(WorkspaceDatabase workspace, TimeSpan idleMax, TimeProvider time)
{
    /// <summary>Sessions of one account; of more the one that was used longest ago ends.</summary>
    public const int AccountMax = 50;

    /// <summary>Networks that are remembered of one account, the latest.</summary>
    public const int NetworksMax = 50;

    /// <summary>For how long a session is open that was, while the workspace does not answer.</summary>
    public static readonly TimeSpan BelievedFor = TimeSpan.FromSeconds(30);

    private const int AllMax = 10_000;

    private const string Columns =
        "id, account, started_at, started_from, browser, last_used_at, last_used_from, ends_at";

    /// <summary>What the workspace has is newer than a file of an earlier version.</summary>
    internal const string Put = $"""
        insert into session ({Columns}) values (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7) on conflict (id) do nothing
        """;

    /// <summary>The network that was seen last gets the largest number of its account.</summary>
    internal const string Remember = """
        insert into session_network (account, network, sequence)
        select @p0, @p1, coalesce(max(sequence), 0) + 1 from session_network where account = @p0
        on conflict (account, network) do update set sequence = excluded.sequence
        """;

    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    /// <summary>What was last known of sessions that were open: when that was, and the use that was written.</summary>
    private readonly ConcurrentLru<string, Known> known = new(AllMax);

    /// <summary>True if the account has not signed in from this network before, as far as is remembered.</summary>
    /// <param name="network">Null where it is not known; that is always new.</param>
    public async Task<bool> IsNewNetworkAsync(long accountId, string? network, CancellationToken cancellationToken) =>
        network is null
        || (
            await workspace.Requests.ReadAsync(
                commands =>
                    commands.ReadAsync(
                        "select 1 from session_network where account = @p0 and network = @p1",
                        row => row.GetInt32(0),
                        cancellationToken,
                        accountId,
                        network
                    ),
                cancellationToken
            )
        ).Count == 0;

    /// <summary>Opens a session; the oldest ones of an account that has too many end.</summary>
    /// <param name="network">From where; remembered unless null.</param>
    public async Task BeginAsync(Session session, string? network, CancellationToken cancellationToken)
    {
        await workspace.Requests.DoAsync(
            async commands =>
            {
                await commands.ExecuteAsync(
                    "delete from session where ends_at <= @p0",
                    cancellationToken,
                    Instants.Microseconds(time.GetUtcNow())
                );
                await commands.ExecuteAsync(
                    """
                    delete from session where account = @p0 and id not in (
                        select id from session where account = @p0 order by last_used_at desc, id limit @p1)
                    """,
                    cancellationToken,
                    session.AccountId,
                    AccountMax - 1
                );
                await commands.ExecuteAsync(
                    """
                    delete from session where (select count(*) from session) >= @p0 and id = (
                        select id from session order by last_used_at, id limit 1)
                    """,
                    cancellationToken,
                    AllMax
                );
                await commands.ExecuteAsync(Put, cancellationToken, ValuesOf(session));
                if (network is not null)
                    await RememberAsync(commands, session.AccountId, network, cancellationToken);
            },
            cancellationToken
        );
        known.AddOrUpdate(session.Id, new(time.GetUtcNow(), session.LastUsedAt, session.LastUsedFrom));
    }

    /// <summary>The account's open sessions, the one that was used last first.</summary>
    public async Task<IReadOnlyList<Session>> OfAsync(long accountId, CancellationToken cancellationToken) =>
        await workspace.Requests.ReadAsync(
            commands =>
                commands.ReadAsync(
                    $"""
                    select {Columns} from session where account = @p0 and ends_at > @p1 and last_used_at > @p2
                    order by last_used_at desc, id
                    """,
                    Read,
                    cancellationToken,
                    accountId,
                    Instants.Microseconds(time.GetUtcNow()),
                    Instants.Microseconds(time.GetUtcNow() - idleMax)
                ),
            cancellationToken
        );

    /// <summary>True if the session is open.</summary>
    public async Task<bool> IsOpenAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            var found = await workspace.Requests.ReadAsync(
                commands =>
                    commands.ReadAsync(
                        """
                        select last_used_at, last_used_from from session
                        where id = @p0 and ends_at > @p1 and last_used_at > @p2
                        """,
                        row => new Known(now, Instants.Of(row.GetInt64(0)), StoredText.In(row, 1)),
                        cancellationToken,
                        id,
                        Instants.Microseconds(now),
                        Instants.Microseconds(now - idleMax)
                    ),
                cancellationToken
            );
            if (found.Count == 0)
                known.TryRemove(id);
            else
                known.AddOrUpdate(id, found[0]);
            return found.Count > 0;
        }
        catch (LedgerException) when (known.TryGet(id, out var last) && now - last.At < BelievedFor)
        {
            return true;
        }
    }

    /// <summary>Remembers that a session was used, and from where; nothing if it is not open.</summary>
    /// <remarks>A use that cannot be written is lost: nobody has to be refused for it.</remarks>
    public async Task TouchAsync(string id, string? address, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (known.TryGet(id, out var last) && now - last.UsedAt < Grain && last.UsedFrom == address)
            return;
        try
        {
            await workspace.Requests.DoAsync(
                commands =>
                    commands.ExecuteAsync(
                        """
                        update session set last_used_at = @p1, last_used_from = @p2
                        where id = @p0 and ends_at > @p1 and last_used_at > @p3
                        """,
                        cancellationToken,
                        id,
                        Instants.Microseconds(now),
                        address,
                        Instants.Microseconds(now - idleMax)
                    ),
                cancellationToken
            );
        }
        catch (LedgerException)
        {
            // The workspace has said so in the log.
        }

        if (last is not null)
            known.AddOrUpdate(id, last with { UsedAt = now, UsedFrom = address });
    }

    /// <summary>Ends an account's session.</summary>
    /// <returns>False if the account has no such session.</returns>
    public async Task<bool> EndAsync(long accountId, string id, CancellationToken cancellationToken)
    {
        var ended = await workspace.Requests.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    "delete from session where account = @p0 and id = @p1",
                    cancellationToken,
                    accountId,
                    id
                ),
            cancellationToken
        );
        if (ended > 0)
            known.TryRemove(id);
        return ended > 0;
    }

    /// <summary>Ends all sessions of an account but one, or, with null, all of them.</summary>
    /// <returns>How many ended.</returns>
    public async Task<int> EndAllAsync(long accountId, string? except, CancellationToken cancellationToken)
    {
        var ended = await workspace.Requests.DoAsync(
            commands =>
                commands.ReadAsync(
                    "delete from session where account = @p0 and id <> @p1 returning id",
                    row => row.GetString(0),
                    cancellationToken,
                    accountId,
                    except ?? ""
                ),
            cancellationToken
        );
        foreach (var id in ended)
            known.TryRemove(id);
        return ended.Count;
    }

    /// <summary>A session as the values of <see cref="Put"/>.</summary>
    internal static IReadOnlyList<object?> ValuesOf(Session session) =>
        [
            session.Id,
            session.AccountId,
            Instants.Microseconds(session.StartedAt),
            session.StartedFrom,
            session.Browser is { } browser ? StoredText.Of(browser) : null,
            Instants.Microseconds(session.LastUsedAt),
            session.LastUsedFrom,
            Instants.Microseconds(session.End),
        ];

    private static async Task RememberAsync(
        WorkspaceCommands commands,
        long account,
        string network,
        CancellationToken cancellationToken
    )
    {
        await commands.ExecuteAsync(Remember, cancellationToken, account, network);
        await commands.ExecuteAsync(
            """
            delete from session_network where account = @p0 and network not in (
                select network from session_network where account = @p0 order by sequence desc limit @p1)
            """,
            cancellationToken,
            account,
            NetworksMax
        );
    }

    private static Session Read(DbDataReader row) =>
        new(
            row.GetString(0),
            row.GetInt64(1),
            Instants.Of(row.GetInt64(2)),
            StoredText.In(row, 3),
            StoredText.In(row, 4),
            Instants.Of(row.GetInt64(5)),
            StoredText.In(row, 6),
            Instants.Of(row.GetInt64(7))
        );

    private sealed record Known(DateTimeOffset At, DateTimeOffset UsedAt, string? UsedFrom);
}
