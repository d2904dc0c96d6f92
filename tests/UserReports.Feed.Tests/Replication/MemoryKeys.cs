using System.Collections.Concurrent;
using UserReports.Feed.Ledger;

namespace UserReports.Feed.Tests.Replication;

/// <summary>Keys that outlive a feed, as those on disk do.</summary>
internal sealed class MemoryKeys : IFeedKeys
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, FeedKey>> tables = [];
    private readonly ConcurrentDictionary<string, bool> filled = [];

    public int Fills { get; private set; }

    public Task<bool> IsFilledAsync(string table, CancellationToken cancellationToken) =>
        Task.FromResult(filled.ContainsKey(table));

    public async Task FillAsync(string table, IAsyncEnumerable<FeedKey> keys, CancellationToken cancellationToken)
    {
        Fills++;
        filled.TryRemove(table, out _);
        Of(table).Clear();
        await foreach (var key in keys.WithCancellation(cancellationToken))
            Of(table)[key.Key] = key;
        filled[table] = true;
    }

    public Task AddAsync(string table, IReadOnlyCollection<FeedKey> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
            Of(table)[key.Key] = key;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, FeedKey>> FindAsync(
        string table,
        IReadOnlyCollection<string> keys,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyDictionary<string, FeedKey>>(
            keys.Where(Of(table).ContainsKey).ToDictionary(key => key, key => Of(table)[key])
        );

    public Task RemoveAsync(string table, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
            Of(table).TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public Task ForgetAsync(string table, CancellationToken cancellationToken)
    {
        filled.TryRemove(table, out _);
        Of(table).Clear();
        return Task.CompletedTask;
    }

    private ConcurrentDictionary<string, FeedKey> Of(string table) => tables.GetOrAdd(table, _ => []);
}
