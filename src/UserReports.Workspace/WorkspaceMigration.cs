using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Engines;

namespace UserReports.Workspace;

/// <summary>Brings a workspace's tables to what this version needs.</summary>
internal static class WorkspaceMigration
{
    /// <summary>The table in which the framework keeps what was applied.</summary>
    public const string History = "__EFMigrationsHistory";

    /// <summary>Applies what is missing. What is up to date costs one question.</summary>
    /// <exception cref="LedgerException">A later version has made the tables, or they cannot be made.</exception>
    public static async Task ApplyAsync(
        WorkspaceContext context,
        IWorkspaceEngine engine,
        CancellationToken cancellationToken
    )
    {
        if (!await IsMissingAnyAsync(context, engine, cancellationToken))
            return;
        await using var alone = await engine.PrepareAsync(context, cancellationToken);
        // Another node may have been first.
        if (await IsMissingAnyAsync(context, engine, cancellationToken))
            await context.Database.MigrateAsync(cancellationToken);
    }

    /// <exception cref="LedgerException">A later version has made the tables.</exception>
    public static async Task<bool> IsMissingAnyAsync(
        WorkspaceContext context,
        IWorkspaceEngine engine,
        CancellationToken cancellationToken
    )
    {
        var applied = await AppliedAsync(context.Database.GetDbConnection(), engine, cancellationToken);
        var known = KnownTo(context.GetType());
        if (applied.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new LedgerException(
                $"The workspace {engine.Place} was made by a later version of this program ({unknown}). Install that version "
                    + "again, or restore the copy of the workspace that was made before the upgrade."
            );
        }

        return applied.Count < known.Count;
    }

    /// <summary>The migrations that this version knows for an engine; no model of all tables is asked for.</summary>
    private static IReadOnlyList<string> KnownTo(Type context) =>
        [
            .. from type in typeof(WorkspaceMigration).Assembly.GetTypes()
            where type.GetCustomAttribute<DbContextAttribute>(false)?.ContextType == context
            let migration = type.GetCustomAttribute<MigrationAttribute>(false)
            where migration is not null
            select migration.Id,
        ];

    private static async Task<HashSet<string>> AppliedAsync(
        DbConnection connection,
        IWorkspaceEngine engine,
        CancellationToken cancellationToken
    )
    {
        HashSet<string> applied = new(StringComparer.Ordinal);
        await using var command = connection.CreateCommand();
        command.CommandText = engine.HistoryExists;
        var tables = await command.ExecuteScalarAsync(cancellationToken);
        if (Convert.ToInt64(tables, CultureInfo.InvariantCulture) == 0)
            return applied;
        command.CommandText = $"""select "MigrationId" from "{History}" """;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetString(0));
        return applied;
    }
}
