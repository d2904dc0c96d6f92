using System.Text.Json;

namespace UserReports.EndToEnd.Tests;

/// <summary>Every version of dj-stripe's tables, with subscriptions of every kind, is read in full.</summary>
public sealed class StripeShapeTests
{
    private const int Accounts = 1_500;

    private static readonly string[] Versions = ["2.8", "2.9", "2.10", "2.11"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2.8")]
    [InlineData("2.9")]
    [InlineData("2.10")]
    [InlineData("2.11")]
    public async Task Refresh_TablesOfAnyVersion_EqualTheSecondComputation(string version)
    {
        await using var databases = await PlatformDatabases.CreateWithRowsAsync(Accounts, Token);
        foreach (
            var step in Versions
                .Skip(1)
                .TakeWhile(step => Array.IndexOf(Versions, step) <= Array.IndexOf(Versions, version))
        )
            await PlatformDatabases.ExecuteAsync(databases.Platform, SqlFile.Read($"stripe-{step}.sql"), Token);

        await using var service = new ServiceUnderTest(databases);
        var run = await service.RefreshAsync(Token);
        var expected = await ExpectedReports.ComputeAsync(
            databases,
            service.Now,
            ServiceUnderTest.RetentionDays,
            Token
        );
        var (_, documents) = await service.AskAsync("", Token);

        Assert.Equal((run.RangesTotal, null), (run.RangesDone, run.LastError));
        AssertReports.Equal(expected, documents);
        // Else there would be nothing to compare.
        var subscriptions = documents
            .SelectMany(document => document.GetProperty("subscriptions").EnumerateArray())
            .ToList();
        Assert.All(
            (string[])["schedule", "plan", "discount", "current_period_start"],
            field => Assert.Contains(subscriptions, s => s.GetProperty(field).ValueKind != JsonValueKind.Null)
        );
        Assert.Contains(subscriptions, s => s.GetProperty("default_tax_rates").GetArrayLength() > 0);
    }
}
