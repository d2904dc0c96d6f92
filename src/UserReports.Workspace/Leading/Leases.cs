using UserReports.Workspace.Engines;

namespace UserReports.Workspace.Leading;

/// <summary>Takes and gives back leases; their time is the server's, never a node's.</summary>
/// <remarks>Only for a workspace that nodes share.</remarks>
internal sealed class Leases(WorkspaceSession session, string holder)
{
    private const string Now = PostgresEngine.Clock;

    /// <summary>A lease that has not passed stays with its holder.</summary>
    private const string Take = $"""
        insert into lease (name, holder, token, since_at, until_at) values (@p0, @p1, 1, {Now}, {Now} + @p2)
        on conflict (name) do update set holder = excluded.holder, token = lease.token + 1,
            since_at = excluded.since_at, until_at = excluded.until_at
        where lease.until_at <= {Now}
        returning token
        """;

    /// <summary>Takes a lease; null while somebody has it.</summary>
    public async Task<LeaseTerm?> TakeAsync(string name, TimeSpan duration, CancellationToken cancellationToken)
    {
        var tokens = await session.DoAsync(
            commands =>
                commands.ReadAsync(
                    Take,
                    row => row.GetInt64(0),
                    cancellationToken,
                    name,
                    holder,
                    Instants.Microseconds(duration)
                ),
            cancellationToken
        );
        return tokens is [var token] ? new(name, token) : null;
    }

    /// <summary>Prolongs a lease; false if it has passed or somebody else has it.</summary>
    public async Task<bool> ProlongAsync(LeaseTerm term, TimeSpan duration, CancellationToken cancellationToken) =>
        await session.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    $"update lease set until_at = {Now} + @p2 where name = @p0 and token = @p1 and until_at > {Now}",
                    cancellationToken,
                    term.Name,
                    term.Token,
                    Instants.Microseconds(duration)
                ),
            cancellationToken
        ) > 0;

    /// <summary>Gives a lease back before its time, so that nobody waits for it.</summary>
    public Task ReleaseAsync(LeaseTerm term, CancellationToken cancellationToken) =>
        session.DoAsync(
            commands =>
                commands.ExecuteAsync(
                    $"update lease set until_at = {Now} where name = @p0 and token = @p1 and until_at > {Now}",
                    cancellationToken,
                    term.Name,
                    term.Token
                ),
            cancellationToken
        );

    /// <summary>
    /// As the last statement of a transaction: true if the lease is held now. It stays so until the transaction ends,
    /// for whoever would take the lease waits for that.
    /// </summary>
    public static async Task<bool> HoldsAsync(
        WorkspaceCommands commands,
        LeaseTerm term,
        CancellationToken cancellationToken
    ) =>
        (
            await commands.ReadAsync(
                $"select 1 from lease where name = @p0 and token = @p1 and until_at > {Now} for share",
                row => row.GetInt32(0),
                cancellationToken,
                term.Name,
                term.Token
            )
        ).Count > 0;

    /// <summary>Who has a lease, and since when; null if nobody has.</summary>
    public async Task<(string Holder, DateTimeOffset Since)?> FindAsync(
        string name,
        CancellationToken cancellationToken
    )
    {
        var found = await session.ReadAsync(
            commands =>
                commands.ReadAsync(
                    $"select holder, since_at from lease where name = @p0 and until_at > {Now}",
                    row => (row.GetString(0), Instants.Of(row.GetInt64(1))),
                    cancellationToken,
                    name
                ),
            cancellationToken
        );
        return found is [var one] ? one : null;
    }
}

/// <summary>One time that a lease was taken.</summary>
/// <param name="Token">Larger than that of any time before.</param>
internal sealed record LeaseTerm(string Name, long Token);
