using System.Text.Json;

namespace UserReports.EndToEnd.Tests;

/// <summary>What was stored on past days shows in the next pass.</summary>
[Trait("Category", "Slow")]
public sealed class TrendTests
{
    /// <summary>Owns an organisation that buys nothing.</summary>
    private const string Owner = """
        select min(u.user_id) from organizations_organizationuser u
        join organizations_organizationowner w on w.organization_user_id = u.id
        where u.user_id > 100 and not exists (select from djstripe_customer c where c.subscriber_id = u.organization_id)
          and not exists (select from organizations_organizationuser o where o.user_id = u.user_id and o.id <> u.id)
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_AfterSnapshotsOfAMonth_TellsTrendAndDaysToTheLimit()
    {
        await using var databases = await PlatformDatabases.CreateWithRowsAsync(100, Token);
        var limits = Path.GetTempFileName();
        await File.WriteAllTextAsync(limits, """{ "default": { "storage_bytes": "100 MB" } }""", Token);
        await using var service = new ServiceUnderTest(databases, limits: limits);
        var id = await databases.ReadAsync<int>(Owner, Token);

        // A megabyte a day, on days of which a few are kept.
        var day = 0;
        foreach (var kept in (int[])[0, 10, 20, 23, 29, 30])
        {
            service.Advance(TimeSpan.FromDays(kept - day));
            day = kept;
            await PlatformDatabases.ExecuteAsync(
                databases.Usage,
                $"""
                delete from main_userprofile where user_id = {id};
                insert into main_userprofile (user_id, attachment_storage_bytes, submissions_suspended)
                values ({id}, {10_000_000 + (1_000_000 * day)}, false)
                """,
                Token
            );
            await service.RefreshAsync(Token);
            if (day < 30)
                await service.KeepDayAsync(Token);
            var row = await RowAsync(databases, service, id);
            if (day == 20)
                Assert.Equal(
                    "too_new",
                    row.GetProperty("forecast").GetProperty("storage_bytes").GetProperty("state").GetString()
                );
        }

        var account = await RowAsync(databases, service, id);
        var trend = account.GetProperty("trend");
        Assert.Equal(7_000_000, trend.GetProperty("storage_bytes_7_days").GetInt64());
        Assert.Equal(30_000_000, trend.GetProperty("storage_bytes_30_days").GetInt64());
        Assert.Equal(
            """{"state":"projected","days_to_limit":60,"days_to_limit_earliest":60,"limit_date":"2027-02-21T00:00:00Z"}""",
            account.GetProperty("forecast").GetProperty("storage_bytes").GetRawText()
        );
        // So it can be asked for, and computed anew alone.
        var (count, _) = await service.AskAsync("forecast__storage_bytes__days_to_limit__lte:60", Token);
        Assert.Equal(1, count);
        await service.RefreshAsync([id], Token);
        Assert.Equal(
            account.GetProperty("forecast").GetRawText(),
            (await RowAsync(databases, service, id)).GetProperty("forecast").GetRawText()
        );
        File.Delete(limits);
    }

    private static async Task<JsonElement> RowAsync(PlatformDatabases databases, ServiceUnderTest service, int id)
    {
        var username = await databases.ReadAsync<string>($"select username from auth_user where id = {id}", Token);
        var (_, documents) = await service.AskAsync($"username:{username}", Token);
        return Assert.Single(documents);
    }
}
