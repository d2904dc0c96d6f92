using UserReports.Feed.Ledger;
using UserReports.Feed.Replication.Servers;
using UserReports.Sources;
using UserReports.Sources.Touching;

namespace UserReports.Feed.Replication.Decoding;

/// <summary>
/// Finds whom rows touch that only a key is known of: by asking the source, and by what was remembered.
/// </summary>
internal sealed class TouchResolver(TouchReader source, KeyMemory memory, Func<int> namedMax)
{
    /// <summary>Completes what was read of the stream.</summary>
    /// <exception cref="SourceException">The database cannot be read.</exception>
    public async Task<ResolvedChanges> ResolveAsync(
        TransactionChanges changes,
        IReadOnlyList<FollowedTable> tables,
        CancellationToken cancellationToken
    )
    {
        var max = namedMax();
        var resolved = new ResolvedChanges(changes);
        foreach (var events in changes.Keys.Values)
        {
            var table = events.Table;
            if (table.IsRemembered)
                await RememberedAsync(events, resolved, cancellationToken);
            if (table.Touch.Way.Count == 0)
                continue;
            if (!source.CanAsk(table.Touch, table.KeyColumn!))
            {
                resolved.Run($"a row of {table.Name} changed, and nothing tells whose it is");
                continue;
            }

            await AskAsync(events, resolved, max + 1, cancellationToken);
        }

        foreach (var name in changes.Unsure)
            resolved.Keys.Refill.Add(tables.First(table => table.Name == name));
        if (resolved.Accounts.Count + resolved.Organizations.Count + changes.Owners.Count > max)
            resolved.Overflow();
        return resolved;
    }

    private async Task RememberedAsync(KeyEvents events, ResolvedChanges resolved, CancellationToken cancellationToken)
    {
        var table = events.Table;
        var known = await memory.FindAsync(
            table,
            [.. events.Last.Where(row => !row.Value.IsNew || row.Value.IsDeleted).Select(row => row.Key)],
            cancellationToken
        );
        foreach (var (key, last) in events.Last)
        {
            var before = known.GetValueOrDefault(key) ?? [];
            foreach (var touched in before)
                resolved.Touch(touched.Account, touched.Organization);
            if (!last.IsDeleted)
            {
                if (table.Touch.Way.Count == 0)
                    resolved.Keys.Set(table, new(key, last.Account, last.Organization));
                continue;
            }

            // A row that was made in these very transactions named whom it touched, unless another row does that.
            if (before.Count == 0 && !(last.IsNew && table.Touch.Way.Count == 0))
                resolved.Run($"a row of {table.Name} was deleted, and whose it was is not known");
            resolved.Keys.Remove(table, key);
        }
    }

    private async Task AskAsync(
        KeyEvents events,
        ResolvedChanges resolved,
        int max,
        CancellationToken cancellationToken
    )
    {
        var table = events.Table;
        var keys = events.Last.Where(row => !row.Value.IsDeleted).Select(row => row.Key).ToList();
        if (keys.Count == 0)
            return;
        var found = await source.FindAsync(table.Touch, table.KeyColumn!, keys, max, cancellationToken);
        if (found.Count >= max)
        {
            resolved.Run($"rows of {table.Name} changed, which many accounts have");
            if (table.IsRemembered)
                resolved.Keys.Refill.Add(table);
            return;
        }

        foreach (var row in found)
        {
            resolved.Touch(row.Account, row.Organization);
            if (table.IsRemembered)
                resolved.Keys.Set(table, new FeedKey(row.Key, row.Account, row.Organization));
        }
    }
}

/// <summary>What a batch will say.</summary>
internal sealed class ResolvedChanges
{
    private readonly List<string> runReasons;

    public ResolvedChanges(TransactionChanges changes)
    {
        Accounts = [.. changes.Accounts];
        Owners = changes.Owners;
        Organizations = new(changes.Organizations, StringComparer.Ordinal);
        runReasons = [.. changes.RunReasons];
    }

    public HashSet<long> Accounts { get; }

    public IReadOnlyCollection<long> Owners { get; private set; }

    public HashSet<string> Organizations { get; }

    public KeyChanges Keys { get; } = new();

    /// <summary>Why a run is needed, or null.</summary>
    public string? RunReason => runReasons.Count == 0 ? null : string.Join("; ", runReasons);

    public void Run(string reason)
    {
        if (!runReasons.Contains(reason))
            runReasons.Add(reason);
    }

    public void Touch(long? account, string? organization)
    {
        if (account is { } id)
            Accounts.Add(id);
        if (organization is not null)
            Organizations.Add(organization);
    }

    /// <summary>There is more than is worth naming.</summary>
    public void Overflow()
    {
        Run("more accounts changed at once than are worth naming");
        Accounts.Clear();
        Owners = [];
        Organizations.Clear();
    }
}
