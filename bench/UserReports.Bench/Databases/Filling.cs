using UserReports.Sources.Generating;

namespace UserReports.Bench.Databases;

/// <summary>Fills the benchmark's databases.</summary>
public static class Filling
{
    /// <summary>The instant that the generated platform, every run and the view have as their present.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static async Task FillAsync(this BenchDatabases databases, int accounts, CancellationToken cancellationToken)
    {
        await SourceGenerator.GenerateAsync(
            databases.Platform,
            databases.Usage,
            new(accounts, Now),
            progress: null,
            cancellationToken
        );
        await BenchDatabases.ExecuteAsync(databases.Platform, "vacuum analyze", cancellationToken);
        await BenchDatabases.ExecuteAsync(databases.Usage, "vacuum analyze", cancellationToken);
    }

    /// <summary>An address that exists.</summary>
    public static Task<string> SomeEmailAsync(this BenchDatabases databases, CancellationToken cancellationToken) =>
        BenchDatabases.ReadAsync<string>(
            databases.Platform,
            "select email from auth_user where email <> '' order by id desc limit 1",
            cancellationToken
        );
}
