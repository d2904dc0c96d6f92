using UserReports.Feed.Ledger;
using UserReports.Workspace.Engines;

namespace UserReports.Workspace.Moving;

/// <summary>What was moved of one table.</summary>
public sealed record MovedTable(string Name, long Rows);

/// <summary>
/// Carries all of a workspace over into another one, from whichever engine to whichever. The model says what there is
/// to carry, so that no table can be forgotten.
/// </summary>
/// <remarks>
/// Read in one state, written in one transaction: until all is there, counted and right, the target is as it was. The
/// source is only read.
/// </remarks>
public static class WorkspaceMove
{
    private const int RowsAtOnce = 1_000;

    /// <summary>Moves.</summary>
    /// <param name="from">As for <see cref="WorkspaceDatabase"/>.</param>
    /// <param name="to">The same; its tables are made if they are not there.</param>
    /// <param name="replaces">True if what the target holds is to go.</param>
    /// <returns>All tables, by name.</returns>
    /// <exception cref="LedgerException">It is refused, or failed; the target is as it was.</exception>
    public static async Task<IReadOnlyList<MovedTable>> RunAsync(
        string from,
        string to,
        bool replaces,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var (source, target) = (WorkspaceDatabase.EngineOf(from), WorkspaceDatabase.EngineOf(to));
        if (source is SqliteEngine && !File.Exists(source.Place))
            throw new LedgerException($"There is no workspace {source.Place}. Look at --from.");
        if (source.Place == target.Place)
            throw new LedgerException($"Both are the workspace {source.Place}: there is nothing to move.");
        await using var reading = await MoveEnd.OpenAsync(source, time, cancellationToken);
        if (await reading.IsMissingAnyAsync(cancellationToken))
        {
            throw new LedgerException(
                $"The workspace {source.Place} is of an earlier version. Start this version with it once, stop it, and move then."
            );
        }

        await using var writing = await MoveEnd.OpenAsync(target, time, cancellationToken);
        await writing.MakeTablesAsync(cancellationToken);
        return await RunAsync(reading, writing, replaces, cancellationToken);
    }

    private static async Task<IReadOnlyList<MovedTable>> RunAsync(
        MoveEnd source,
        MoveEnd target,
        bool replaces,
        CancellationToken cancellationToken
    )
    {
        var tables = MoveTable.Of(target.Context.Model);
        await source.BeginAsync("share", cancellationToken);
        await target.BeginAsync("exclusive", cancellationToken);
        await target.EmptyAsync(tables, replaces, cancellationToken);
        List<MovedTable> moved = [];
        foreach (var table in tables)
        {
            var rows = await CopyAsync(source, target, table, cancellationToken);
            var (before, after) = (
                await source.CountAsync(table, cancellationToken),
                await target.CountAsync(table, cancellationToken)
            );
            if (before != rows || after != rows)
            {
                throw new LedgerException(
                    $"The table {table.Name} has {before} rows in {source.Place} and {after} in {target.Place}, so nothing was moved. "
                        + "Look whether something else writes there."
                );
            }

            moved.Add(new(table.Name, rows));
        }

        await target.CommitAsync(cancellationToken);
        return moved;
    }

    private static async Task<long> CopyAsync(
        MoveEnd source,
        MoveEnd target,
        MoveTable table,
        CancellationToken cancellationToken
    )
    {
        var rows = 0L;
        List<IReadOnlyList<object?>> some = [];
        await foreach (var row in source.ReadAsync(table, cancellationToken))
        {
            some.Add(row);
            rows++;
            if (some.Count < RowsAtOnce)
                continue;
            await target.PutAsync(table, some, cancellationToken);
            some.Clear();
        }

        await target.PutAsync(table, some, cancellationToken);
        return rows;
    }
}
