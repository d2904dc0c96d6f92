using System.Text;
using UserReports.Store.DuckDb.Changes;

namespace UserReports.Store.DuckDb.Orders;

/// <summary>A column of an order.</summary>
internal readonly record struct OrderColumn(KeyColumn Values, bool Descending);

/// <summary>A place between two rows: before or behind the row of which these are the keys.</summary>
internal sealed record OrderPlace(KeyValue[] Keys, long UserId, byte[]? OrganizationId, bool Backward);

/// <summary>
/// Rows of the base in one order, with what they are ordered by: nulls come last both ways, ties end on account and
/// organisation.
/// </summary>
internal sealed class RowOrder(BaseRows rows, IReadOnlyList<OrderColumn> columns, int[] ordinals)
{
    private readonly OrderColumn[] columns = [.. columns];

    public BaseRows Rows => rows;

    public IReadOnlyList<OrderColumn> Columns => columns;

    /// <summary>The rows, in order.</summary>
    public ReadOnlySpan<int> Ordinals => ordinals;

    /// <summary>Beside its columns, which other orders may have, too.</summary>
    public long Bytes => ordinals.Length * 4L;

    /// <summary>The same order of fewer rows.</summary>
    public RowOrder Of(int[] some)
    {
        Array.Sort(some, Comparer<int>.Create(Compare));
        return new(rows, columns, some);
    }

    public int Compare(int one, int other)
    {
        foreach (var (values, descending) in columns)
        {
            var (oneIsNull, otherIsNull) = (values.IsNull(one), values.IsNull(other));
            var compared =
                oneIsNull || otherIsNull ? oneIsNull.CompareTo(otherIsNull)
                : descending ? values.Compare(other, one)
                : values.Compare(one, other);
            if (compared != 0)
                return compared;
        }

        return rows.CompareAccount(one, other);
    }

    public int Compare(ChangedRow one, ChangedRow other)
    {
        foreach (var (values, descending) in columns)
        {
            var compared = Compare(values, descending, one.Key(values.Slot), other.Key(values.Slot));
            if (compared != 0)
                return compared;
        }

        return CompareAccounts(one.UserId, one.OrganizationId, other);
    }

    /// <summary>Where a row of the base stands.</summary>
    public int PlaceOf(int ordinal) => Search(other => Compare(ordinal, other) > 0);

    /// <summary>How many rows of the base come before a changed one.</summary>
    public int PlaceOf(ChangedRow row) =>
        Search(other => Compare(i => row.Key(columns[i].Values.Slot), row.UserId, row.OrganizationId, other) > 0);

    /// <summary>How many rows of the base come before a place.</summary>
    public int PlaceOf(OrderPlace place) =>
        Search(other =>
            Compare(i => place.Keys[i], place.UserId, place.OrganizationId, other) is var compared
            && (place.Backward ? compared > 0 : compared >= 0)
        );

    /// <summary>Whether a changed row comes before a place.</summary>
    public bool IsBefore(ChangedRow row, OrderPlace place)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            var (values, descending) = columns[i];
            var compared = Compare(values, descending, row.Key(values.Slot), place.Keys[i]);
            if (compared != 0)
                return compared < 0;
        }

        var byAccount = CompareAccounts(place.UserId, place.OrganizationId, row);
        return place.Backward ? byAccount > 0 : byAccount >= 0;
    }

    /// <summary>A place of the contracts; null if its keys are not those of this order.</summary>
    public OrderPlace? Read(PageKey key)
    {
        if (key.Values.Count != columns.Length)
            return null;
        var keys = new KeyValue[columns.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (!KeyValues.TryKey(key.Values[i], columns[i].Values.Kind, out keys[i]))
                return null;
        }

        var organization = key.OrganizationId is { } id ? Encoding.UTF8.GetBytes(id) : null;
        return new(keys, key.UserId, organization, key.Backward);
    }

    public PageKey KeyOf(int ordinal, bool backward) =>
        KeyOf(i => columns[i].Values.Key(ordinal), rows.UserId(ordinal), rows.OrganizationId(ordinal), backward);

    public PageKey KeyOf(ChangedRow row, bool backward) =>
        KeyOf(i => row.Key(columns[i].Values.Slot), row.UserId, row.OrganizationId, backward);

    private PageKey KeyOf(Func<int, KeyValue> keyOf, long userId, byte[]? organizationId, bool backward) =>
        new(
            [.. columns.Select((column, i) => KeyValues.Value(keyOf(i), column.Values.Kind))],
            userId,
            organizationId is null ? null : Encoding.UTF8.GetString(organizationId),
            backward
        );

    private int Compare(Func<int, KeyValue> keyOf, long userId, byte[]? organizationId, int other)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            var (values, descending) = columns[i];
            var key = keyOf(i);
            var (isNull, otherIsNull) = (key.IsNull, values.IsNull(other));
            var compared =
                isNull || otherIsNull ? isNull.CompareTo(otherIsNull)
                : descending ? -values.Compare(key, other)
                : values.Compare(key, other);
            if (compared != 0)
                return compared;
        }

        return rows.CompareAccount(userId, organizationId, other);
    }

    private static int Compare(KeyColumn values, bool descending, KeyValue one, KeyValue other) =>
        one.IsNull || other.IsNull ? one.IsNull.CompareTo(other.IsNull)
        : descending ? values.Compare(other, one)
        : values.Compare(one, other);

    private static int CompareAccounts(long userId, byte[]? organizationId, ChangedRow other)
    {
        var byUser = userId.CompareTo(other.UserId);
        if (byUser != 0)
            return byUser;
        return organizationId is null || other.OrganizationId is null
            ? (organizationId is null).CompareTo(other.OrganizationId is null)
            : organizationId.AsSpan().SequenceCompareTo(other.OrganizationId);
    }

    /// <summary>The first place of whose row something is no longer true.</summary>
    private int Search(Func<int, bool> isBefore)
    {
        var (low, high) = (0, ordinals.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (isBefore(ordinals[middle]))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
