using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Secrets;

/// <summary>Which one-time codes were used, so that each is good once, on whichever node.</summary>
/// <remarks>Every member throws <see cref="LedgerException"/> if the workspace cannot be used.</remarks>
public sealed class UsedCodes(WorkspaceDatabase workspace)
{
    /// <summary>Uses the code of a step of time; false if it, or a later one, was used before.</summary>
    /// <param name="oldest">The oldest step whose code would still be taken: what is older is forgotten.</param>
    public Task<bool> TryUseAsync(long accountId, long step, long oldest, CancellationToken cancellationToken) =>
        workspace.Requests.DoAsync(
            async commands =>
            {
                await commands.ExecuteAsync("delete from used_code where step < @p0", cancellationToken, oldest);
                return await commands.ExecuteAsync(
                        """
                        insert into used_code (account, step) values (@p0, @p1)
                        on conflict (account) do update set step = excluded.step where used_code.step < excluded.step
                        """,
                        cancellationToken,
                        accountId,
                        step
                    ) > 0;
            },
            cancellationToken
        );

    /// <summary>Of how many accounts a used code is remembered.</summary>
    internal async Task<long> CountAsync(CancellationToken cancellationToken) =>
        (
            await workspace.Requests.ReadAsync(
                commands =>
                    commands.ReadAsync("select count(*) from used_code", row => row.GetInt64(0), cancellationToken),
                cancellationToken
            )
        )[0];
}
