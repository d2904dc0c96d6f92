using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Engines;
using UserReports.Workspace.Nodes;

namespace UserReports.Workspace;

/// <summary>How a finding is to be taken.</summary>
public enum WorkspaceFindingKind
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It works, but somebody should know.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Failure,
}

/// <summary>One thing that was found out about a workspace.</summary>
/// <param name="Subject">file, database, rights or clock; of nodes names, versions, limits or settings.</param>
public sealed record WorkspaceFinding(WorkspaceFindingKind Kind, string Subject, string Message);

/// <summary>Looks whether a workspace can be used, and changes nothing.</summary>
public static class WorkspaceExamination
{
    /// <summary>What there is to say; the first finding is about the workspace as a whole.</summary>
    /// <param name="connectionString">As for <see cref="WorkspaceDatabase"/>.</param>
    public static async Task<IReadOnlyList<WorkspaceFinding>> RunAsync(
        string connectionString,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var engine = WorkspaceDatabase.EngineOf(connectionString);
            return engine is SqliteEngine && !File.Exists(engine.Place)
                ? [new(WorkspaceFindingKind.Good, "file", $"none yet; the first start makes {engine.Place}")]
                : await RunAsync(engine, cancellationToken);
        }
        catch (LedgerException e)
        {
            return [new(WorkspaceFindingKind.Failure, "database", e.Message)];
        }
    }

    private static async Task<IReadOnlyList<WorkspaceFinding>> RunAsync(
        IWorkspaceEngine engine,
        CancellationToken cancellationToken
    )
    {
        var subject = engine is SqliteEngine ? "file" : "database";
        List<WorkspaceFinding> findings = [];
        try
        {
            await using var context = await engine.OpenAsync(cancellationToken);
            if (engine is PostgresEngine)
            {
                var examined = await PostgresExamination.RunAsync(
                    context.Database.GetDbConnection(),
                    cancellationToken
                );
                if (examined.FaultBeforeUse is { } fault)
                    return [Failure($"The workspace {engine.Place} cannot be used: {fault}")];
                findings.AddRange(OfClock(examined.Now));
                if (!examined.HasTables)
                {
                    return
                    [
                        new(
                            WorkspaceFindingKind.Good,
                            subject,
                            $"empty, {engine.Place}; the first start makes its tables"
                        ),
                        .. findings,
                    ];
                }
            }

            if (await WorkspaceMigration.IsMissingAnyAsync(context, engine, cancellationToken))
            {
                var message = $"of an earlier version, {engine.Place}; the next start brings its tables up to date";
                return [new(WorkspaceFindingKind.Good, subject, message), .. findings];
            }

            return
            [
                new(WorkspaceFindingKind.Good, subject, $"up to date, {engine.Place}"),
                .. findings,
                .. await OfTablesAsync(context, engine, cancellationToken),
            ];
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            return [Failure(engine.Tell(e))];
        }
        catch (LedgerException e)
        {
            return [Failure(e.Message)];
        }

        WorkspaceFinding Failure(string message) => new(WorkspaceFindingKind.Failure, subject, message);
    }

    /// <summary>The nodes of a workspace that they share; nothing where it cannot be used, or is one node's.</summary>
    /// <inheritdoc cref="RunAsync(string, CancellationToken)"/>
    public static async Task<IReadOnlyList<KnownNode>> NodesAsync(
        string connectionString,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var workspace = new WorkspaceDatabase(connectionString, TimeProvider.System);
            if (!workspace.IsShared || !await HasNodesAsync(workspace, cancellationToken))
                return [];
            using var nodes = new KnownNodes(workspace, TimeProvider.System);
            return await nodes.AllAsync(cancellationToken);
        }
        catch (LedgerException)
        {
            // Whoever examines the workspace itself says why.
            return [];
        }
    }

    /// <summary>To look makes no tables.</summary>
    private static async Task<bool> HasNodesAsync(WorkspaceDatabase workspace, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await workspace.Engine.OpenAsync(cancellationToken);
            return !await WorkspaceMigration.IsMissingAnyAsync(context, workspace.Engine, cancellationToken);
        }
        catch (DbException)
        {
            return false;
        }
    }

    private static async Task<IReadOnlyList<WorkspaceFinding>> OfTablesAsync(
        WorkspaceContext context,
        IWorkspaceEngine engine,
        CancellationToken cancellationToken
    )
    {
        if (engine is not PostgresEngine)
            return [];
        var missing = await PostgresExamination.TablesWithoutRightsAsync(
            context.Database.GetDbConnection(),
            [.. context.Model.GetEntityTypes().Select(table => table.GetTableName()!)],
            cancellationToken
        );
        return missing is [var first, ..]
            ?
            [
                new(
                    WorkspaceFindingKind.Failure,
                    "rights",
                    $"the role may not read and write {first}{(missing.Count > 1 ? $" and {missing.Count - 1} more tables" : "")}. "
                        + "Have it own them, or grant it that: grant select, insert, update, delete on all tables in schema public to ROLE;"
                ),
            ]
            : [];
    }

    private static IEnumerable<WorkspaceFinding> OfClock(DateTimeOffset server)
    {
        var difference = (TimeProvider.System.GetUtcNow() - server).Duration();
        if (difference > NodeWarnings.ClockDifferenceMax)
        {
            yield return new(
                WorkspaceFindingKind.Warning,
                "clock",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"this machine and the workspace's server differ by {difference.TotalSeconds:0} s. Have both set by NTP."
                )
            );
        }
    }
}
