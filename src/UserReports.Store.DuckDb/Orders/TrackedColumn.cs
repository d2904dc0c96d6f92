using UserReports.Store.DuckDb.Changes;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.Orders;

/// <summary>What is read of each changed row as it is written, because an order or an index needs it.</summary>
/// <param name="Slot">Where the row keeps it.</param>
/// <param name="Taken">What is done with rows that have it, before anybody sees them; null for nothing.</param>
internal sealed record TrackedColumn(
    int Slot,
    SqlText Expression,
    KeyKind Kind,
    Action<IReadOnlyList<ChangedRow>>? Taken
);
