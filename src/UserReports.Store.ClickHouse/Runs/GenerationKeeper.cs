using UserReports.Store.ClickHouse.Dialect;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.Shared;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Runs;

/// <summary>Makes, names and drops the tables of generations.</summary>
internal sealed class GenerationKeeper(ClickHouseServer server, ISharedLedger ledger, TimeProvider time)
{
    /// <summary>By which what still writes ranges of a run is found and ended.</summary>
    public static string QueryPrefix(string generation) => $"user-reports-{generation}-";

    /// <summary>The tables of a generation while it is built.</summary>
    public async Task<ReportTables> BuildingOf(string generation, CancellationToken cancellationToken) =>
        ReportTables.Building(generation, server.Settings, await server.Cluster.ShapeAsync(cancellationToken));

    /// <summary>The tables of a generation that is complete.</summary>
    public async Task<ReportTables> CompleteOf(string generation, CancellationToken cancellationToken) =>
        ReportTables.Complete(generation, server.Settings, await server.Cluster.ShapeAsync(cancellationToken));

    /// <summary>Makes the tables that are missing of a generation that is being built.</summary>
    public async Task PrepareAsync(string generation, CancellationToken cancellationToken)
    {
        var shape = await server.Cluster.ShapeAsync(cancellationToken);
        var hasKeeper = shape.IsReplicated && await server.Cluster.HasKeeperAsync(cancellationToken);
        if (shape.FaultOf(hasKeeper) is { } fault)
            throw new StoreUnavailableException(fault + ".");
        var (building, complete) = (
            await BuildingOf(generation, cancellationToken),
            await CompleteOf(generation, cancellationToken)
        );
        await Task.WhenAll(server.Cluster.Told(shape).Select(PrepareAsync));

        // Where the tables have their last names already, somebody completes the run just now.
        async Task PrepareAsync(ClickHouseServer told)
        {
            if (await ExistsAsync(told, complete.Reports, cancellationToken))
                return;
            foreach (var statement in building.Create())
                await told.ExecuteAsync(statement, cancellationToken);
        }
    }

    /// <summary>The tables of a generation that is being built, whichever name they have.</summary>
    public async Task<ReportTables> FindAsync(string generation, CancellationToken cancellationToken)
    {
        var complete = await CompleteOf(generation, cancellationToken);
        return await ExistsAsync(server, complete.Reports, cancellationToken)
            ? complete
            : await BuildingOf(generation, cancellationToken);
    }

    /// <summary>
    /// Gives the tables their last names, so that a worker that lost its range has none left to write to, and ends
    /// what is still being written.
    /// </summary>
    public async Task CompleteAsync(string generation, CancellationToken cancellationToken)
    {
        var shape = await server.Cluster.ShapeAsync(cancellationToken);
        var (from, to) = (
            await BuildingOf(generation, cancellationToken),
            await CompleteOf(generation, cancellationToken)
        );
        await Task.WhenAll(server.Cluster.Told(shape).Select(RenameAsync));
        // What was told to one server of a cluster goes on at others under numbers of their own.
        await server.Cluster.ExecuteAsync(
            $"kill query{shape.Behind} where startsWith(initial_query_id, '{QueryPrefix(generation)}') sync",
            cancellationToken
        );

        async Task RenameAsync(ClickHouseServer told)
        {
            // The table of reports last: where it has its name, all have.
            foreach (var (old, name) in from.All.Zip(to.All).Reverse())
            {
                if (!await ExistsAsync(told, name, cancellationToken))
                    await told.ExecuteAsync($"rename table {old} to {name}{shape.Behind}", cancellationToken);
            }
        }
    }

    /// <summary>Removes what was written for ranges that then went to somebody else.</summary>
    /// <param name="claims">What rows carry that belong to the run.</param>
    public async Task RemoveOthersAsync(
        ReportTables tables,
        IReadOnlySet<long> claims,
        CancellationToken cancellationToken
    )
    {
        var shape = await server.Cluster.ShapeAsync(cancellationToken);
        foreach (var table in new[] { tables.Reports, tables.Documents })
        {
            var written = await server.RowsAsync(
                tables.Claims(table).ToStatement(ClickHouseDialect.Of(SqlText.Empty)),
                row => row.GetInt64(0),
                cancellationToken
            );
            List<long> others = [.. written.Where(claim => !claims.Contains(claim))];
            if (others.Count > 0)
                await server.Cluster.ExecuteAsync(
                    $"alter table {table}{shape.Behind} delete where {ReportTables.Change} = 0 and {ReportTables.Claim} in ({Numbers.List(others)})",
                    cancellationToken
                );
        }
    }

    /// <summary>Drops generations that nobody reads any more.</summary>
    /// <param name="after">How long they must have been unused.</param>
    public async Task DropUnusedAsync(TimeSpan after, CancellationToken cancellationToken)
    {
        foreach (var generation in await ledger.FindUnusedAsync(time.GetUtcNow() - after, cancellationToken))
        {
            var shape = await server.Cluster.ShapeAsync(cancellationToken);
            await Task.WhenAll(server.Cluster.Told(shape).Select(told => DropAsync(told, generation, shape)));
            await ledger.ForgetAsync(generation, cancellationToken);
        }

        // Under whichever names, those of a cluster that was larger among them.
        async Task DropAsync(ClickHouseServer told, string generation, ClusterShape shape)
        {
            var tables = await told.RowsAsync(
                new(
                    "select name from system.tables where database = currentDatabase() and position(name, {p1:String}) > 0",
                    [generation]
                ),
                row => row.GetString(0),
                cancellationToken
            );
            foreach (var table in tables)
                await told.ExecuteAsync(
                    $"drop table if exists {SqlText.Name(table)}{shape.Behind} sync",
                    cancellationToken
                );
        }
    }

    private static async Task<bool> ExistsAsync(
        ClickHouseServer told,
        string table,
        CancellationToken cancellationToken
    ) =>
        (
            await told.RowsAsync(
                new($"exists table {table}", []),
                row => Convert.ToInt64(row.GetValue(0), System.Globalization.CultureInfo.InvariantCulture),
                cancellationToken
            )
        )[0] == 1;
}

/// <summary>Numbers as a statement has them.</summary>
internal static class Numbers
{
    public static string List(IEnumerable<long> numbers) =>
        string.Join(", ", numbers.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
