using UserReports.Store.DuckDb.Changes;

namespace UserReports.Store.DuckDb.Orders;

/// <summary>Goes from row to row of an order: those of the base with the changed ones between.</summary>
/// <param name="gap">Where to begin: between the rows before it and those behind.</param>
internal sealed class OrderWalk(OrderVersion order, (int Place, int Changed) gap, RowChoice? choice)
{
    private int place = gap.Place;
    private int next = gap.Changed;

    /// <summary>Empty places before the present one.</summary>
    private int empty = order.EmptyBefore(gap.Place);

    /// <summary>The row of the base that was met; -1 for a changed one.</summary>
    public int Ordinal { get; private set; }

    /// <summary>The changed row that was met.</summary>
    public ChangedRow? Changed { get; private set; }

    public long Document => Changed?.Document ?? order.Order.Rows.Document(Ordinal);

    /// <summary>Goes on to the following row; false behind the last.</summary>
    public bool Next()
    {
        while (true)
        {
            if (next < order.Changed.Length && order.ChangedPlaces[next] <= place)
            {
                if (Take(order.Changed[next++]))
                    return true;
            }
            else if (place == order.Order.Ordinals.Length)
            {
                return false;
            }
            else if (empty < order.EmptyPlaces.Length && order.EmptyPlaces[empty] == place)
            {
                (empty, place) = (empty + 1, place + 1);
            }
            else if (Take(order.Order.Ordinals[place++]))
            {
                return true;
            }
        }
    }

    /// <summary>Goes back to the preceding row; false before the first.</summary>
    public bool Previous()
    {
        while (true)
        {
            if (next > 0 && order.ChangedPlaces[next - 1] >= place)
            {
                if (Take(order.Changed[--next]))
                    return true;
            }
            else if (place == 0)
            {
                return false;
            }
            else if (empty > 0 && order.EmptyPlaces[empty - 1] == place - 1)
            {
                (empty, place) = (empty - 1, place - 1);
            }
            else if (Take(order.Order.Ordinals[--place]))
            {
                return true;
            }
        }
    }

    /// <summary>The key of the row that was met.</summary>
    public PageKey ToKey(bool backward) =>
        Changed is { } row ? order.Order.KeyOf(row, backward) : order.Order.KeyOf(Ordinal, backward);

    private bool Take(ChangedRow row)
    {
        (Ordinal, Changed) = (-1, row);
        return choice is null || choice.Has(row);
    }

    private bool Take(int ordinal)
    {
        (Ordinal, Changed) = (ordinal, null);
        return choice is null || choice.Has(ordinal);
    }
}
