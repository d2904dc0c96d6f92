using System.Data.Common;
using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Reveals;

/// <summary>The reveals that have not ended: granted on one node they hold on all, and so does their end.</summary>
/// <remarks>Every member throws <see cref="LedgerException"/> if the workspace cannot be used.</remarks>
public sealed class RevealStore(WorkspaceDatabase workspace, TimeProvider time)
{
    /// <summary>How many somebody has at once; of more the oldest ends.</summary>
    public const int PerOwnerMax = 100;

    private const string Columns = "id, user_uid, of_name, q, target, reason, started_at, ends_at";
    private const string Own = "account = @p0 and username = @p1 and credential = @p2";

    /// <summary>Begins a reveal; one of the same target takes the place of the one before.</summary>
    public Task BeginAsync(RevealOwner owner, StoredReveal reveal, CancellationToken cancellationToken) =>
        workspace.Requests.DoAsync(
            async commands =>
            {
                await commands.ExecuteAsync(
                    "delete from reveal where ends_at <= @p0",
                    cancellationToken,
                    Instants.Microseconds(time.GetUtcNow())
                );
                await commands.ExecuteAsync(
                    $"delete from reveal where {Own} and target = @p3",
                    cancellationToken,
                    [.. Values(owner), StoredText.Of(reveal.Target)]
                );
                await commands.ExecuteAsync(
                    $"""
                    delete from reveal where {Own} and id not in (
                        select id from reveal where {Own} order by started_at desc, id limit @p3)
                    """,
                    cancellationToken,
                    [.. Values(owner), PerOwnerMax - 1]
                );
                await commands.ExecuteAsync(
                    $"""
                    insert into reveal ({Columns}, account, username, credential)
                    values (@p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p0, @p1, @p2)
                    """,
                    cancellationToken,
                    [
                        .. Values(owner),
                        reveal.Id,
                        reveal.UserUid is { } uid ? StoredText.Of(uid) : null,
                        reveal.OfName is { } name ? StoredText.Of(name) : null,
                        reveal.Q is { } q ? StoredText.Of(q) : null,
                        StoredText.Of(reveal.Target),
                        StoredText.Of(reveal.Reason),
                        Instants.Microseconds(reveal.StartedAt),
                        Instants.Microseconds(reveal.EndsAt),
                    ]
                );
            },
            cancellationToken
        );

    /// <summary>Those that somebody has now, the newest first.</summary>
    public async Task<IReadOnlyList<StoredReveal>> OfAsync(RevealOwner owner, CancellationToken cancellationToken) =>
        await workspace.Requests.ReadAsync(
            commands =>
                commands.ReadAsync(
                    $"select {Columns} from reveal where {Own} and ends_at > @p3 order by started_at desc, id",
                    Read,
                    cancellationToken,
                    [.. Values(owner), Instants.Microseconds(time.GetUtcNow())]
                ),
            cancellationToken
        );

    /// <summary>Ends one, or with null all; false if there was none.</summary>
    public async Task<bool> EndAsync(RevealOwner owner, string? id, CancellationToken cancellationToken) =>
        await workspace.Requests.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    $"delete from reveal where {Own}{(id is null ? "" : " and id = @p3")}",
                    cancellationToken,
                    id is null ? Values(owner) : [.. Values(owner), id]
                ),
            cancellationToken
        ) > 0;

    private static IReadOnlyList<object?> Values(RevealOwner owner) =>
        [owner.Account, StoredText.Of(owner.Username), owner.Credential];

    private static StoredReveal Read(DbDataReader row)
    {
        return new(
            row.GetString(0),
            Text(1),
            Text(2),
            Text(3),
            row.GetString(4),
            row.GetString(5),
            Instants.Of(row.GetInt64(6)),
            Instants.Of(row.GetInt64(7))
        );

        string? Text(int column) => StoredText.In(row, column);
    }
}
