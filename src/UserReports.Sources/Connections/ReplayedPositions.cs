using UserReports.Sources.Load;

namespace UserReports.Sources.Connections;

/// <summary>Up to which position of the write-ahead log the source databases show what was committed.</summary>
public interface IReplayedPositions
{
    /// <summary>
    /// By database, only for those that a replica answers for; any other shows whatever was committed.
    /// </summary>
    /// <exception cref="SourceException">A database cannot be read.</exception>
    Task<IReadOnlyDictionary<string, ulong>> ReadAsync(CancellationToken cancellationToken);
}

/// <inheritdoc/>
public sealed class ReplayedPositions(IReadOnlyList<SourceDatabase> databases, TimeProvider time) : IReplayedPositions
{
    /// <summary>A primary is asked so often whether it still is one.</summary>
    private static readonly TimeSpan PrimaryKnownFor = TimeSpan.FromMinutes(1);

    private const string Replayed = """
        select case when pg_is_in_recovery() then cast(pg_last_wal_replay_lsn() - '0/0'::pg_lsn as bigint) else -1 end
        """;

    private readonly Dictionary<string, long> primaries = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, ulong>> ReadAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, ulong> replayed = new(StringComparer.Ordinal);
        foreach (var database in databases)
        {
            if (await ReplayedByAsync(database, cancellationToken) is { } position)
                replayed[database.Name] = position;
        }

        return replayed;
    }

    private async Task<ulong?> ReplayedByAsync(SourceDatabase database, CancellationToken cancellationToken)
    {
        if (database.IsEmbedded)
            return null;
        lock (primaries)
        {
            if (primaries.TryGetValue(database.Name, out var askedAt) && time.GetElapsedTime(askedAt) < PrimaryKnownFor)
                return null;
        }

        var position = await database.ReadForRunAsync(
            SourceWork.Inspection,
            async session =>
            {
                var read = -1L;
                await session.ReadAsync([new(Replayed, row => read = row.Integer(0))], cancellationToken, isLast: true);
                return read;
            },
            cancellationToken
        );
        if (position >= 0)
            return (ulong)position;
        lock (primaries)
            primaries[database.Name] = time.GetTimestamp();
        return null;
    }
}
