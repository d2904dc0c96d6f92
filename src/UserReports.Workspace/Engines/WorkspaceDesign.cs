using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace UserReports.Workspace.Engines;

/// <summary>
/// What <c>dotnet ef migrations add NAME --context SqliteWorkspace --output-dir Migrations/Sqlite</c> works on.
/// </summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteWorkspace>
{
    public SqliteWorkspace CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteWorkspace>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>
/// What <c>dotnet ef migrations add NAME --context PostgresWorkspace --output-dir Migrations/Postgres</c> works on.
/// </summary>
internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresWorkspace>
{
    public PostgresWorkspace CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresWorkspace>().UseNpgsql("Host=nowhere").Options);
}
