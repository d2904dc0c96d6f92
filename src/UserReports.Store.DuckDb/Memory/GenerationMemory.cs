using System.Collections.Concurrent;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Changes;
using UserReports.Store.DuckDb.Exact;
using UserReports.Store.DuckDb.Orders;

namespace UserReports.Store.DuckDb.Memory;

/// <summary>
/// What is known of a generation in memory: its base, which never changes, what was found out about that, and what has
/// changed since. It goes with the generation, and when its database is opened anew.
/// </summary>
internal sealed class GenerationMemory(BaseRows rows, RowChanges changes)
{
    private readonly ConcurrentDictionary<string, KeptOrder> orders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, KeyColumn> columns = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ExactField, ExactIndex> indexes = new();
    private readonly ConcurrentDictionary<int, TrackedColumn> tracked = new();
    private readonly ConcurrentDictionary<string, byte> refused = new(StringComparer.Ordinal);
    private long uses;
    private int slots;

    public BaseRows Base => rows;

    public RowChanges Changes => changes;

    public FilterChoices Filters { get; } = new();

    /// <summary>What is to be read of each changed row.</summary>
    public IReadOnlyList<TrackedColumn> Tracked => [.. tracked.Values.OrderBy(column => column.Slot)];

    /// <summary>Bytes of orders and of what they are made of; indexes and the base are as large as they are.</summary>
    public long OrderBytes =>
        orders.Values.Sum(order => order.Order.Bytes) + columns.Values.Sum(column => column.Bytes);

    /// <summary>The orders that are kept, those used last first.</summary>
    public IReadOnlyList<KeptOrder> Orders => [.. orders.Values.OrderByDescending(order => order.LastUse)];

    public KeptOrder? Order(IReadOnlyList<OrderTerm> terms)
    {
        if (!orders.TryGetValue(NameOf(terms), out var order))
            return null;
        order.LastUse = Interlocked.Increment(ref uses);
        order.Unasked = 0;
        return order;
    }

    public ExactIndex? Index(ExactField field) => indexes.GetValueOrDefault(field);

    public KeyColumn? Column(FieldPath path) => columns.GetValueOrDefault(path.ToString());

    public void Keep(FieldPath path, KeyColumn column) => columns[path.ToString()] = column;

    public void Keep(ExactField field, ExactIndex index) => indexes[field] = index;

    /// <summary>Whether an order was worked out and found to be too large.</summary>
    public bool IsRefused(IReadOnlyList<OrderTerm> terms) => refused.ContainsKey(NameOf(terms));

    /// <summary>Keeps an order; those that were used longest ago make room. False if there cannot be enough.</summary>
    public bool TryKeep(IReadOnlyList<OrderTerm> terms, KeptOrder order, long bytesMax)
    {
        order.LastUse = Interlocked.Increment(ref uses);
        orders[NameOf(terms)] = order;
        while (OrderBytes > bytesMax && orders.Count > 1)
        {
            orders.TryRemove(orders.MinBy(pair => pair.Value.LastUse));
            ForgetColumns();
        }

        if (OrderBytes <= bytesMax)
            return true;
        orders.Clear();
        ForgetColumns();
        refused.TryAdd(NameOf(terms), 0);
        return false;
    }

    /// <summary>A place in changed rows for a column's values.</summary>
    public int TakeSlot() => slots++;

    public void Track(TrackedColumn column) => tracked[column.Slot] = column;

    /// <summary>Lets go of changed rows that nobody sees any more.</summary>
    public void ForgetDead()
    {
        changes.Forget();
        foreach (var index in indexes.Values)
            index.Forget(changes.Published.Number);
    }

    public static string NameOf(IReadOnlyList<OrderTerm> terms) => string.Join(',', terms);

    /// <summary>Columns of no order; what is read of accounts by time is small, and stays.</summary>
    private void ForgetColumns()
    {
        var used = orders.Values.SelectMany(order => order.Order.Columns).Select(column => column.Values).ToHashSet();
        foreach (var (path, column) in columns)
        {
            if (used.Contains(column))
                continue;
            columns.TryRemove(path, out _);
            tracked.TryRemove(column.Slot, out _);
        }
    }
}
