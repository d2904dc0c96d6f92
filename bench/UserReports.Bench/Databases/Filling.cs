using UserReports.Bench.Serving;
using UserReports.Sources.Generating;

namespace UserReports.Bench.Databases;

/// <summary>Fills the benchmark's databases.</summary>
public static class Filling
{
    /// <summary>The present of the generated platform: the service's own clock cannot be set.</summary>
    private static readonly DateTimeOffset Today = new(TimeProvider.System.GetUtcNow().Date, TimeSpan.Zero);

    public static async Task FillAsync(this BenchDatabases databases, int accounts, CancellationToken cancellationToken)
    {
        await SourceGenerator.GenerateAsync(
            databases.Platform,
            databases.Usage,
            new(accounts, Today) { AdminToken = ReportServer.Token },
            progress: null,
            cancellationToken
        );
        await BenchDatabases.ExecuteAsync(databases.Platform, "vacuum analyze", cancellationToken);
        await BenchDatabases.ExecuteAsync(databases.Usage, "vacuum analyze", cancellationToken);
    }

    /// <summary>What a process of the service needs to work on these databases.</summary>
    internal static SourcesAndStore WithStore(this BenchDatabases databases, string folder) =>
        new(databases.Platform, databases.Usage, Path.Combine(folder, "reports.duckdb"));

    /// <summary>An address that exists.</summary>
    public static Task<string> SomeEmailAsync(this BenchDatabases databases, CancellationToken cancellationToken) =>
        BenchDatabases.ReadAsync<string>(
            databases.Platform,
            "select email from auth_user where email <> '' order by id desc limit 1",
            cancellationToken
        );
}
