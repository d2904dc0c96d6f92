using System.Globalization;
using Npgsql;

namespace UserReports.EndToEnd.Tests.Failures;

/// <summary>
/// A pass that stands still behind its first ranges: reading the assets of any later account waits for a lock.
/// </summary>
internal sealed class HeldPass : IAsyncDisposable
{
    /// <summary>Workers of a pass that are to be held.</summary>
    public const int Workers = 2;

    private const string Gate = """
        create or replace function gate(account integer) returns boolean language plpgsql volatile cost 10000 as $$
        begin
            if account > $last then perform pg_advisory_xact_lock_shared(4711); end if;
            return true;
        end $$;
        alter table if exists kpi_asset rename to held_asset;
        create view kpi_asset as select * from held_asset where gate(owner_id);
        """;

    private readonly NpgsqlConnection holder;

    private HeldPass(NpgsqlConnection holder) => this.holder = holder;

    /// <summary>Holds every pass until disposed.</summary>
    /// <param name="lastAccount">The last account that is let through.</param>
    public static async Task<HeldPass> HoldAsync(
        PlatformDatabases databases,
        long lastAccount,
        CancellationToken cancellationToken
    )
    {
        var gate = Gate.Replace("$last", lastAccount.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await PlatformDatabases.ExecuteAsync(databases.Platform, gate, cancellationToken);
        var holder = new NpgsqlConnection(databases.Platform);
        await holder.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select pg_advisory_lock(4711)", holder);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new(holder);
    }

    /// <summary>Waits until every worker of a process's pass is held: all ranges before are done then.</summary>
    public Task UntilPassHangsAsync(ServiceProcess process, CancellationToken cancellationToken) =>
        process.UntilAsync(
            async () =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select count(*) from pg_locks l join pg_database d on d.oid = l.database
                    where l.locktype = 'advisory' and not l.granted and d.datname = current_database()
                    """,
                    holder
                );
                return (long)(await command.ExecuteScalarAsync(cancellationToken))! >= Workers;
            },
            cancellationToken
        );

    public ValueTask DisposeAsync() => holder.DisposeAsync();
}
