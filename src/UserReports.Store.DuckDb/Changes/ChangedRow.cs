using UserReports.Store.DuckDb.Orders;

namespace UserReports.Store.DuckDb.Changes;

/// <summary>A row that changed since the generation was completed. It is never altered; one that changes again is
/// another row.</summary>
/// <param name="Sequence">Grows with every changed row of the generation.</param>
/// <param name="Document">Its document's address, which grows with them, too.</param>
/// <param name="Added">The first version that has the row.</param>
internal sealed record ChangedRow(long Sequence, long UserId, byte[]? OrganizationId, long Document, long Added)
{
    private long removed = long.MaxValue;
    private KeyValue[] keys = [];

    /// <summary>The first version that no longer has the row.</summary>
    public long Removed
    {
        get => Volatile.Read(ref removed);
        set => Volatile.Write(ref removed, value);
    }

    public bool IsIn(long version) => Added <= version && version < Removed;

    /// <summary>The row's value of a column that is kept.</summary>
    public KeyValue Key(int slot) => Volatile.Read(ref keys)[slot];

    /// <summary>For one at a time; before anybody looks for the value.</summary>
    public void SetKey(int slot, KeyValue value)
    {
        var own = keys;
        if (own.Length <= slot)
            Array.Resize(ref own, slot + 1);
        own[slot] = value;
        Volatile.Write(ref keys, own);
    }

    public bool Equals(ChangedRow? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Sequence.GetHashCode();
}
