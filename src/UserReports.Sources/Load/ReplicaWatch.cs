using UserReports.Sources.Connections;

namespace UserReports.Sources.Load;

/// <summary>
/// Looks at a source's server now and then while a run reads: how far a replica is behind, and whether anybody of ours
/// waits for a lock.
/// </summary>
internal sealed class ReplicaWatch(SourceLoad load, TimeSpan lagMax, TimeProvider time)
{
    /// <summary>
    /// A replica that has replayed all that it was sent is not behind, however long ago the last transaction was.
    /// </summary>
    private const string Question = """
        select case when pg_is_in_recovery() and pg_last_wal_receive_lsn() is distinct from pg_last_wal_replay_lsn()
                then coalesce(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()), 0) else 0
            end::double precision,
            (select count(*) from pg_stat_activity
                where wait_event_type = 'Lock' and usename = current_user and application_name = 'user-reports')
        """;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private long? askedAt;

    /// <summary>True if it is time to look again.</summary>
    public bool IsDue => askedAt is not { } last || time.GetElapsedTime(last) >= Every;

    /// <summary>Looks.</summary>
    public async Task LookAsync(SourceDatabase database, CancellationToken cancellationToken)
    {
        askedAt = time.GetTimestamp();
        var lag = TimeSpan.Zero;
        await database.ReadAsync(
            SourceWork.Inspection,
            async session =>
            {
                await session.ReadAsync(
                    [
                        new(
                            Question,
                            row =>
                            {
                                lag = TimeSpan.FromSeconds(row.Double(0));
                                load.Waited(database.Name, row.Integer(1));
                            }
                        ),
                    ],
                    cancellationToken,
                    isLast: true
                );
                return true;
            },
            cancellationToken
        );
        load.Budget.Responses.Replicated(database.Name, lag > lagMax ? lag : null);
    }
}
