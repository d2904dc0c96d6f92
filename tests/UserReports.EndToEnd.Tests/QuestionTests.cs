using System.Text.Json;

namespace UserReports.EndToEnd.Tests;

/// <summary>Questions give exactly the rows that the independent computation gives.</summary>
[Trait("Category", "Slow")]
public sealed class QuestionTests : IAsyncLifetime
{
    private const int Accounts = 2_000;

    private PlatformDatabases databases = null!;
    private ServiceUnderTest service = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_OfTheDemo_FindExactlyTheExpectedRows()
    {
        var expected = await ExpectedReports.ComputeAsync(
            databases,
            service.Now,
            ServiceUnderTest.RetentionDays,
            Token
        );
        await AssertFindsAsync("username__icontains:demo", row => Username(row).Contains("demo", Ignored));
        await AssertFindsAsync(
            "service_usage__total_storage_bytes__gte:1",
            row => Usage(row).GetProperty("total_storage_bytes").GetInt64() >= 1
        );
        await AssertFindsAsync(
            "service_usage__balances__submission__balance_value__gte:5000",
            row => Balance(row) is { } balance && balance >= 5000
        );
        await AssertFindsAsync(
            "NOT service_usage__balances__submission__balance_value__gte:5000",
            row => Balance(row) is not { } balance || balance < 5000
        );
        await AssertFindsAsync(
            "subscriptions[]__status:active organization__role:owner",
            row =>
                row.GetProperty("subscriptions")
                    .EnumerateArray()
                    .Any(s => s.GetProperty("status").ValueEquals("active"))
                && row.GetProperty("organization") is { ValueKind: JsonValueKind.Object } organization
                && organization.GetProperty("role").ValueEquals("owner")
        );

        async Task AssertFindsAsync(string q, Func<JsonElement, bool> isMeant)
        {
            var meant = expected.Where(row => isMeant(row.Value)).ToDictionary();
            var (count, documents) = await service.AskAsync(q, Token);
            Assert.InRange(meant.Count, 1, expected.Count - 1);
            Assert.Equal(meant.Count, count);
            AssertReports.Equal(meant, documents);
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        databases = await PlatformDatabases.CreateWithRowsAsync(Accounts, Token);
        service = new(databases);
        await service.RefreshAsync(Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await databases.DisposeAsync();
    }

    private const StringComparison Ignored = StringComparison.OrdinalIgnoreCase;

    private static string Username(JsonElement row) => row.GetProperty("username").GetString()!;

    private static JsonElement Usage(JsonElement row) => row.GetProperty("service_usage");

    private static long? Balance(JsonElement row)
    {
        var balance = Usage(row).GetProperty("balances").GetProperty("submission");
        return
            balance.ValueKind == JsonValueKind.Object
            && balance.GetProperty("balance_value") is { ValueKind: JsonValueKind.Number } value
            ? value.GetInt64()
            : null;
    }
}
