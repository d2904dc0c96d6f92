namespace UserReports.Store.DuckDb.Orders;

/// <summary>Sorts all rows of the base.</summary>
internal static class OrderSort
{
    /// <summary>
    /// By a number for each row first, which is quick; then, among those for which it is the same, by all there is to
    /// compare.
    /// </summary>
    public static RowOrder Sort(BaseRows rows, IReadOnlyList<OrderColumn> columns, CancellationToken cancellationToken)
    {
        var ordinals = new int[rows.Count];
        var order = new RowOrder(rows, columns, ordinals);
        if (columns.Count == 0)
        {
            rows.ByAccount.CopyTo(ordinals);
            return order;
        }

        var (values, descending) = columns[0];
        var prefixes = new ulong[rows.Count];
        var (next, nulls) = (0, rows.Count);
        foreach (var ordinal in rows.ByAccount)
        {
            if (values.IsNull(ordinal))
            {
                ordinals[--nulls] = ordinal;
                continue;
            }

            prefixes[next] = descending ? ~values.Prefix(ordinal) : values.Prefix(ordinal);
            ordinals[next++] = ordinal;
        }

        Array.Sort(prefixes, ordinals, 0, next);
        var isTie = columns.Count == 1;
        for (var start = 0; start < next; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = start + 1;
            while (end < next && prefixes[end] == prefixes[start])
                end++;
            SortEqual(order, ordinals.AsSpan(start, end - start), isTie && values.Kind != KeyKind.Text);
            start = end;
        }

        SortEqual(order, ordinals.AsSpan(nulls), isTie);
        return order;
    }

    /// <param name="isTie">Whether they differ in nothing but account and organisation.</param>
    private static void SortEqual(RowOrder order, Span<int> ordinals, bool isTie)
    {
        if (ordinals.Length < 2)
            return;
        if (isTie && order.Rows.IsByAccount)
            ordinals.Sort();
        else
            ordinals.Sort(order.Compare);
    }
}
