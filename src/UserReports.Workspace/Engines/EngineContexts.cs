using Microsoft.EntityFrameworkCore;

namespace UserReports.Workspace.Engines;

/// <summary>The tables in SQLite.</summary>
internal sealed class SqliteWorkspace(DbContextOptions<SqliteWorkspace> options) : WorkspaceContext(options);

/// <summary>The tables in PostgreSQL.</summary>
internal sealed class PostgresWorkspace(DbContextOptions<PostgresWorkspace> options) : WorkspaceContext(options)
{
    /// <summary>
    /// Here a length would be a rule that a row breaks, and in SQLite it is none: what one takes the other takes, too.
    /// </summary>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(table => table.GetProperties()))
        {
            if (property.ClrType == typeof(string))
                property.SetMaxLength(null);
        }
    }
}
