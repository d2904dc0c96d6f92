using System.Runtime.CompilerServices;
using UserReports.Feed.Ledger;
using UserReports.Feed.Replication.Servers;
using UserReports.Sources.Touching;

namespace UserReports.Feed.Replication.Decoding;

/// <summary>
/// Whose rows are by their keys: what is kept durably, and over it what batches say that are not yet confirmed.
/// </summary>
/// <remarks>
/// What a batch says is kept only as it is confirmed. If it is told again after a crash, what was before is then still
/// known: a row that went from one account to another touches both.
/// </remarks>
internal sealed class KeyMemory(IFeedKeys kept, TouchReader source)
{
    private readonly Dictionary<(string Table, string Key), (FeedKey? Known, int Uses)> unconfirmed = [];

    /// <summary>What is known of the rows, the present and the former; by key.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<FeedKey>>> FindAsync(
        FollowedTable table,
        IReadOnlyCollection<string> keys,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<string, IReadOnlyList<FeedKey>>(StringComparer.Ordinal);
        if (keys.Count == 0)
            return found;
        var known = await kept.FindAsync(table.Name, keys, cancellationToken);
        foreach (var key in keys)
        {
            List<FeedKey> of = [];
            if (known.TryGetValue(key, out var before))
                of.Add(before);
            if (unconfirmed.TryGetValue((table.Name, key), out var said) && said.Known is { } now)
                of.Add(now);
            if (of.Count > 0)
                found[key] = of;
        }

        return found;
    }

    /// <summary>Takes what a batch says, until it is confirmed.</summary>
    public void Take(KeyChanges changes)
    {
        foreach (var (table, key, known) in changes.Rows)
        {
            unconfirmed.TryGetValue((table, key), out var before);
            unconfirmed[(table, key)] = (known, before.Uses + 1);
        }
    }

    /// <summary>Keeps what a batch says: it is confirmed.</summary>
    public async Task KeepAsync(KeyChanges changes, CancellationToken cancellationToken)
    {
        foreach (var table in changes.Rows.GroupBy(row => row.Table, StringComparer.Ordinal))
        {
            // Of a row that was told twice the last counts.
            var last = table.GroupBy(row => row.Key, StringComparer.Ordinal).Select(row => row.Last()).ToList();
            var known = last.Where(row => row.Known is not null).Select(row => row.Known!.Value).ToList();
            var gone = last.Where(row => row.Known is null).Select(row => row.Key).ToList();
            if (known.Count > 0)
                await kept.AddAsync(table.Key, known, cancellationToken);
            if (gone.Count > 0)
                await kept.RemoveAsync(table.Key, gone, cancellationToken);
        }

        foreach (var (table, key, _) in changes.Rows)
        {
            var (known, uses) = unconfirmed[(table, key)];
            if (uses > 1)
                unconfirmed[(table, key)] = (known, uses - 1);
            else
                unconfirmed.Remove((table, key));
        }
    }

    /// <summary>Reads the table's keys, all of them.</summary>
    public Task FillAsync(FollowedTable table, CancellationToken cancellationToken) =>
        table.KeyColumn is { } column && source.CanAsk(table.Touch, column)
            ? kept.FillAsync(table.Name, ReadAsync(table, column, cancellationToken), cancellationToken)
            : kept.ForgetAsync(table.Name, cancellationToken);

    /// <summary>True if the table's keys are known, or need not or cannot be.</summary>
    public async Task<bool> IsFilledAsync(FollowedTable table, CancellationToken cancellationToken) =>
        !table.IsRemembered
        || table.KeyColumn is not { } column
        || !source.CanAsk(table.Touch, column)
        || await kept.IsFilledAsync(table.Name, cancellationToken);

    private async IAsyncEnumerable<FeedKey> ReadAsync(
        FollowedTable table,
        string column,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var row in source.AllAsync(table.Touch, column, cancellationToken))
            yield return new(row.Key, row.Account, row.Organization);
    }
}

/// <summary>What a batch says of keys, to be kept as it is confirmed.</summary>
internal sealed class KeyChanges
{
    private readonly List<(string Table, string Key, FeedKey? Known)> rows = [];

    /// <summary>Rows and whose they are; null for one that is gone.</summary>
    public IReadOnlyList<(string Table, string Key, FeedKey? Known)> Rows => rows;

    /// <summary>Tables whose keys are to be read anew.</summary>
    public List<FollowedTable> Refill { get; } = [];

    public void Set(FollowedTable table, FeedKey known) => rows.Add((table.Name, known.Key, known));

    public void Remove(FollowedTable table, string key) => rows.Add((table.Name, key, null));
}
