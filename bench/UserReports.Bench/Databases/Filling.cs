using System.Globalization;

namespace UserReports.Bench.Databases;

/// <summary>Fills the benchmark's databases.</summary>
public static class Filling
{
    public static async Task FillAsync(this BenchDatabases databases, int accounts, CancellationToken cancellationToken)
    {
        var n = accounts.ToString(CultureInfo.InvariantCulture);
        await BenchDatabases.ExecuteAsync(
            databases.Platform, EmbeddedSql.Read("platform-tables.sql"), cancellationToken);
        await BenchDatabases.ExecuteAsync(databases.Usage, EmbeddedSql.Read("usage-tables.sql"), cancellationToken);
        await BenchDatabases.ExecuteAsync(
            databases.Platform,
            (EmbeddedSql.Read("platform-rows.sql") + EmbeddedSql.Read("stripe-rows.sql"))
                .Replace("$accounts", n, StringComparison.Ordinal),
            cancellationToken);
        await BenchDatabases.ExecuteAsync(
            databases.Usage, EmbeddedSql.Read("usage-rows.sql").Replace("$accounts", n, StringComparison.Ordinal),
            cancellationToken);
    }

    /// <summary>An address that exists.</summary>
    public static Task<string> SomeEmailAsync(this BenchDatabases databases, CancellationToken cancellationToken) =>
        BenchDatabases.ReadAsync<string>(
            databases.Platform, "select email from auth_user where email <> '' order by id desc limit 1",
            cancellationToken);
}
