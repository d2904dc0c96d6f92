using Microsoft.EntityFrameworkCore;
using UserReports.Workspace.Earlier;
using UserReports.Workspace.Following;
using UserReports.Workspace.Leading;
using UserReports.Workspace.Nodes;
using UserReports.Workspace.Reveals;
using UserReports.Workspace.Runs;
using UserReports.Workspace.Secrets;
using UserReports.Workspace.Sessions;
using UserReports.Workspace.Views;

namespace UserReports.Workspace;

/// <summary>The workspace's tables, the same on every engine; each room maps its own.</summary>
/// <remarks>
/// Only types that every engine has the same way: instants are microseconds since 1970, log positions 64-bit numbers.
/// Each engine has a subclass, and with it migrations of its own.
/// </remarks>
internal abstract class WorkspaceContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<SharedRunRow> SharedRuns => Set<SharedRunRow>();

    public DbSet<SharedRangeRow> SharedRanges => Set<SharedRangeRow>();

    public DbSet<SharedWarningRow> SharedWarnings => Set<SharedWarningRow>();

    public DbSet<TouchedAccountRow> TouchedAccounts => Set<TouchedAccountRow>();

    public DbSet<SharedGenerationRow> SharedGenerations => Set<SharedGenerationRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        FollowTables.Map(modelBuilder);
        ViewTables.Map(modelBuilder);
        SessionTables.Map(modelBuilder);
        SecretTables.Map(modelBuilder);
        LeaseTables.Map(modelBuilder);
        TakenFileTables.Map(modelBuilder);
        RunTables.Map(modelBuilder);
        NodeTables.Map(modelBuilder);
        RevealTables.Map(modelBuilder);
    }
}
