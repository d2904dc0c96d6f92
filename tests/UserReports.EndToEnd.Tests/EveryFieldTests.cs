using UserReports.Sources.Generating;
using UserReports.Testing;

namespace UserReports.EndToEnd.Tests;

/// <summary>Every field of every row equals the independent computation, on real PostgreSQL.</summary>
[Trait("Category", "Slow")]
[Trait("Category", "Random")]
public sealed class EveryFieldTests
{
    private static readonly int Accounts = Chance.Count(4_000, 20_000, "USERREPORTS_TEST_ACCOUNTS");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_OfTheHandWrittenData_EqualsTheSecondComputation()
    {
        await using var databases = await PlatformDatabases.CreateWithRowsAsync(Accounts, Token);
        await CompareAsync(databases);
    }

    [Fact]
    public async Task Refresh_OfGeneratedData_EqualsTheSecondComputation()
    {
        await using var databases = await PlatformDatabases.CreateAsync(Token);
        await SourceGenerator.GenerateAsync(
            databases.Platform,
            databases.Usage,
            new(Accounts, ServiceUnderTest.Start),
            progress: null,
            Token
        );
        await CompareAsync(databases);
    }

    private static async Task CompareAsync(PlatformDatabases databases)
    {
        await using var service = new ServiceUnderTest(databases);
        var run = await service.RefreshAsync(Token);
        var expected = await ExpectedReports.ComputeAsync(
            databases,
            service.Now,
            ServiceUnderTest.RetentionDays,
            Token
        );
        var (count, documents) = await service.AskAsync("", Token);

        Assert.Equal(Accounts, run.AccountsDone);
        Assert.Equal(expected.Count, run.RowsWritten);
        Assert.Equal(expected.Count, count);
        AssertReports.Equal(expected, documents);
    }
}
