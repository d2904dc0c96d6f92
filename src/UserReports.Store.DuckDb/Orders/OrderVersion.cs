using UserReports.Store.DuckDb.Changes;

namespace UserReports.Store.DuckDb.Orders;

/// <summary>
/// An order as of one version of the rows: which places of the base are empty, and which changed rows stand between.
/// </summary>
/// <remarks>
/// From one version to the next only what changed is looked up; the rest is copied. So very many versions cost little,
/// and a page at any depth is found by a few steps in sorted arrays.
/// </remarks>
internal sealed class OrderVersion
{
    private readonly int[] emptyPlaces;
    private readonly ChangedRow[] changed;

    /// <summary>Before which place of the base each changed row stands.</summary>
    private readonly int[] changedPlaces;
    private readonly int replacedSeen;
    private readonly long sequenceSeen;

    private OrderVersion(
        RowOrder order,
        long number,
        (int[] EmptyPlaces, ChangedRow[] Changed, int[] ChangedPlaces) rows,
        int replacedSeen,
        long sequenceSeen
    )
    {
        (Order, Number) = (order, number);
        (emptyPlaces, changed, changedPlaces) = rows;
        (this.replacedSeen, this.sequenceSeen) = (replacedSeen, sequenceSeen);
    }

    public RowOrder Order { get; }

    /// <summary>Of which version.</summary>
    public long Number { get; }

    public ReadOnlySpan<int> EmptyPlaces => emptyPlaces;

    public ReadOnlySpan<ChangedRow> Changed => changed;

    public ReadOnlySpan<int> ChangedPlaces => changedPlaces;

    /// <summary>Rows.</summary>
    public int Count => Order.Ordinals.Length - emptyPlaces.Length + changed.Length;

    /// <summary>An order of the base alone, as of a version before any change.</summary>
    public static OrderVersion Of(RowOrder order) => new(order, -1, ([], [], []), 0, -1);

    /// <summary>The same order as of a later version.</summary>
    public OrderVersion At(long version, RowChanges changes)
    {
        var replaced = changes.Replaced(replacedSeen, version);
        var added = changes.Added(sequenceSeen, version);
        return With(
            version,
            replaced,
            added,
            replacedSeen + replaced.Count,
            Math.Max(sequenceSeen, changes.LastSequence(version))
        );
    }

    /// <summary>An order of some rows with these changed ones between.</summary>
    public static OrderVersion Of(RowOrder order, long version, List<ChangedRow> changed) =>
        Of(order).With(version, [], changed, 0, -1);

    /// <summary>How many empty places come before a place of the base.</summary>
    public int EmptyBefore(int place)
    {
        var index = Array.BinarySearch(emptyPlaces, place);
        return index < 0 ? ~index : index;
    }

    /// <summary>
    /// Behind so many rows: how many places of the base lie before, and how many changed rows do.
    /// </summary>
    public (int Place, int Changed) GapAt(long offset)
    {
        if (offset >= Count)
            return (Order.Ordinals.Length, changed.Length);
        // How many changed rows come before it: they stand one behind the other.
        var (low, high) = (0, changed.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (middle + changedPlaces[middle] - EmptyBefore(changedPlaces[middle]) < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return (FirstPlace((int)offset - low), low);
    }

    /// <inheritdoc cref="GapAt(long)"/>
    public (int Place, int Changed) GapAt(OrderPlace place)
    {
        var (low, high) = (0, changed.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Order.IsBefore(changed[middle], place))
                low = middle + 1;
            else
                high = middle;
        }

        return (Order.PlaceOf(place), low);
    }

    /// <summary>The first place with so many rows of the base before it, those of empty places not counted.</summary>
    private int FirstPlace(int count)
    {
        if (count == 0)
            return 0;
        var (low, high) = (0, emptyPlaces.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (emptyPlaces[middle] - middle < count)
                low = middle + 1;
            else
                high = middle;
        }

        return count + low;
    }

    private OrderVersion With(
        long version,
        List<int> replaced,
        List<ChangedRow> added,
        int replacedThen,
        long sequenceThen
    )
    {
        var places = replaced.Select(Order.PlaceOf).ToArray();
        Array.Sort(places);
        added.Sort(Order.Compare);
        var rows = new List<ChangedRow>(changed.Length + added.Count);
        var before = new List<int>(changed.Length + added.Count);
        for (int i = 0, j = 0; i < changed.Length || j < added.Count; )
        {
            if (i < changed.Length && !changed[i].IsIn(version))
            {
                i++;
            }
            else if (j == added.Count || (i < changed.Length && Order.Compare(changed[i], added[j]) < 0))
            {
                rows.Add(changed[i]);
                before.Add(changedPlaces[i++]);
            }
            else
            {
                rows.Add(added[j]);
                before.Add(Order.PlaceOf(added[j++]));
            }
        }

        return new(Order, version, (Merge(emptyPlaces, places), [.. rows], [.. before]), replacedThen, sequenceThen);
    }

    private static int[] Merge(int[] one, int[] other)
    {
        if (other.Length == 0)
            return one;
        var merged = new int[one.Length + other.Length];
        for (int i = 0, j = 0, k = 0; k < merged.Length; k++)
            merged[k] = j == other.Length || (i < one.Length && one[i] < other[j]) ? one[i++] : other[j++];
        return merged;
    }
}
