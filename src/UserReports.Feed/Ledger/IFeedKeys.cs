namespace UserReports.Feed.Ledger;

/// <summary>
/// Whose a row of a source table is, by its key: what a deletion leaves behind is its key alone. Kept durably.
/// </summary>
/// <remarks>Keys are text as the database shows them. Members may be called concurrently.</remarks>
public interface IFeedKeys
{
    /// <summary>True if the table's keys were filled in to the end, and not forgotten since.</summary>
    Task<bool> IsFilledAsync(string table, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets the table's keys and takes these, as many as there are, in bounded memory. What is added meanwhile
    /// stays. Broken off, the table is not filled.
    /// </summary>
    Task FillAsync(string table, IAsyncEnumerable<FeedKey> keys, CancellationToken cancellationToken);

    /// <summary>Takes keys, or whose they are now.</summary>
    Task AddAsync(string table, IReadOnlyCollection<FeedKey> keys, CancellationToken cancellationToken);

    /// <summary>What is known of these keys, by key; those that are not known are left out.</summary>
    Task<IReadOnlyDictionary<string, FeedKey>> FindAsync(
        string table,
        IReadOnlyCollection<string> keys,
        CancellationToken cancellationToken
    );

    /// <summary>Forgets keys.</summary>
    Task RemoveAsync(string table, IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>Forgets the table: it is not filled any more.</summary>
    Task ForgetAsync(string table, CancellationToken cancellationToken);
}

/// <summary>The key of a row, and whose the row is: an account's, an organisation's, or both.</summary>
/// <param name="Key">As text.</param>
public readonly record struct FeedKey(string Key, long? Account, string? Organization);
