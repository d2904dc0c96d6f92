using UserReports.Feed.Replication.Servers;

namespace UserReports.Feed.Replication.Decoding;

/// <summary>What one transaction touched, or several; bounded.</summary>
/// <param name="max">How much is named; past it the names are dropped in favour of a run.</param>
internal sealed class TransactionChanges(int max)
{
    private readonly HashSet<long> accounts = [];
    private readonly HashSet<long> owners = [];
    private readonly HashSet<string> organizations = new(StringComparer.Ordinal);
    private readonly HashSet<string> unsure = new(StringComparer.Ordinal);
    private readonly List<string> runReasons = [];
    private readonly Dictionary<string, KeyEvents> keys = new(StringComparer.Ordinal);

    /// <summary>The accounts that were named by a row.</summary>
    public IReadOnlyCollection<long> Accounts => accounts;

    /// <summary>Likewise, of rows of usage.</summary>
    public IReadOnlyCollection<long> Owners => owners;

    /// <summary>The organisations that were named by a row.</summary>
    public IReadOnlyCollection<string> Organizations => organizations;

    /// <summary>What became of rows by their keys, by table.</summary>
    public IReadOnlyDictionary<string, KeyEvents> Keys => keys;

    /// <summary>Tables whose remembered keys may be wrong now.</summary>
    public IReadOnlyCollection<string> Unsure => unsure;

    /// <summary>Why a run is needed; empty if none is.</summary>
    public IReadOnlyList<string> RunReasons => runReasons;

    /// <summary>True if there were more than could be named.</summary>
    public bool IsOverflown { get; private set; }

    /// <summary>True if nothing happened that matters.</summary>
    public bool IsEmpty =>
        accounts.Count == 0
        && owners.Count == 0
        && organizations.Count == 0
        && keys.Count == 0
        && runReasons.Count == 0
        && unsure.Count == 0;

    private int Count => accounts.Count + owners.Count + organizations.Count + keys.Values.Sum(table => table.Count);

    /// <summary>An account whose own facts changed.</summary>
    public void Account(long id)
    {
        if (!IsOverflown && accounts.Add(id))
            Bound();
    }

    /// <summary>An account whose usage changed.</summary>
    public void Owner(long id)
    {
        if (!IsOverflown && owners.Add(id))
            Bound();
    }

    /// <summary>An organisation.</summary>
    public void Organization(string id)
    {
        if (!IsOverflown && organizations.Add(id))
            Bound();
    }

    /// <summary>What became of a row whose key must be asked for, or is remembered.</summary>
    public void Key(FollowedTable table, string key, KeyEvent last)
    {
        if (IsOverflown)
        {
            if (table.IsRemembered)
                unsure.Add(table.Name);
            return;
        }

        if (!keys.TryGetValue(table.Name, out var events))
            keys[table.Name] = events = new(table);
        events.Set(key, last);
        Bound();
    }

    /// <summary>All accounts may have changed.</summary>
    public void Run(string reason)
    {
        if (!runReasons.Contains(reason))
            runReasons.Add(reason);
    }

    /// <summary>A table whose keys must be remembered anew.</summary>
    public void Doubt(FollowedTable table)
    {
        if (table.IsRemembered)
            unsure.Add(table.Name);
    }

    /// <summary>A part of what was told of keys was undone.</summary>
    public void DoubtKeys()
    {
        foreach (var events in keys.Values)
            Doubt(events.Table);
    }

    /// <summary>Takes what came after.</summary>
    public void Add(TransactionChanges later)
    {
        foreach (var reason in later.runReasons)
            Run(reason);
        unsure.UnionWith(later.unsure);
        if (later.IsOverflown)
        {
            Overflow();
            return;
        }

        foreach (var id in later.accounts)
            Account(id);
        foreach (var id in later.owners)
            Owner(id);
        foreach (var id in later.organizations)
            Organization(id);
        foreach (var events in later.keys.Values)
        {
            foreach (var (key, last) in events.Last)
                Key(events.Table, key, last);
        }
    }

    /// <summary>
    /// The transaction is whole: rows that it made and deleted itself were never there for anybody else.
    /// </summary>
    public void Close()
    {
        foreach (var events in keys.Values)
            events.Forget();
    }

    private void Bound()
    {
        // Counting goes over few tables, and not with every name.
        if ((accounts.Count + owners.Count + organizations.Count > max || keys.Count > 0) && Count > max)
            Overflow();
    }

    private void Overflow()
    {
        if (IsOverflown)
            return;
        IsOverflown = true;
        Run("more accounts changed at once than are worth naming");
        unsure.UnionWith(keys.Values.Where(events => events.Table.IsRemembered).Select(events => events.Table.Name));
        accounts.Clear();
        owners.Clear();
        organizations.Clear();
        keys.Clear();
        accounts.TrimExcess();
        owners.TrimExcess();
        organizations.TrimExcess();
    }
}

/// <summary>What became of a table's rows, by their keys.</summary>
internal sealed class KeyEvents(FollowedTable table)
{
    private readonly Dictionary<string, KeyEvent> last = new(StringComparer.Ordinal);

    public FollowedTable Table => table;

    public int Count => last.Count;

    /// <summary>What happened last.</summary>
    public IReadOnlyDictionary<string, KeyEvent> Last => last;

    /// <summary>A row that was made here and then changed was never remembered before.</summary>
    public void Set(string key, KeyEvent now) =>
        last[key] = last.TryGetValue(key, out var before) ? now with { IsNew = before.IsNew } : now;

    /// <summary>Leaves out what was made here and is gone.</summary>
    public void Forget()
    {
        foreach (var key in last.Where(row => row.Value is { IsNew: true, IsDeleted: true }).Select(row => row.Key))
            last.Remove(key);
    }
}

/// <summary>What happened to a row.</summary>
/// <param name="IsNew">True if it was inserted, so that nothing is remembered of it.</param>
/// <param name="IsDeleted">True if it is not there any more.</param>
/// <param name="Account">Whom it names now.</param>
/// <param name="Organization">Likewise.</param>
internal readonly record struct KeyEvent(bool IsNew, bool IsDeleted, long? Account, string? Organization);
