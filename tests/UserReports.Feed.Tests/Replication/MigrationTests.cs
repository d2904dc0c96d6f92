using Npgsql;

namespace UserReports.Feed.Tests.Replication;

/// <summary>
/// What the platform's own migrations may do while the publications are there: the server refuses next to nothing, and
/// docs/freshness.md names it.
/// </summary>
public sealed class MigrationTests(FollowedServer followed) : IClassFixture<FollowedServer>
{
    [Theory]
    // Columns that are not listed, and tables without a list.
    [InlineData("alter table auth_user alter column email type text")]
    [InlineData("alter table auth_user drop column email")]
    [InlineData("alter table auth_user add column tag varchar(9) not null default ''")]
    [InlineData("alter table auth_user rename column username to name")]
    [InlineData("alter table hub_extrauserdetail alter column data type text using data::text")]
    [InlineData("alter table organizations_organizationuser alter column id type bigint")]
    [InlineData("alter table organizations_organizationuser alter column user_id type bigint")]
    [InlineData("alter table organizations_organizationuser drop column user_id")]
    [InlineData("alter table trackers_nlpusagecounter alter column user_id type bigint")]
    [InlineData("alter table djstripe_subscription alter column customer_id type text")]
    [InlineData("alter table djstripe_subscriptionitem drop column price_id")]
    // Listed columns, the way that Django drops and renames them.
    [InlineData("alter table account_emailaddress drop column user_id cascade")]
    [InlineData("alter table account_emailaddress rename column user_id to owner_id")]
    [InlineData("alter table kpi_asset alter column owner_id drop not null")]
    [InlineData("alter table kpi_asset alter column owner_id set not null")]
    // Tables.
    [InlineData("drop table accounts_mfa_mfamethodswrapper")]
    [InlineData("alter table account_emailaddress rename to emails")]
    [InlineData("alter table account_emailaddress add unique (user_id)")]
    // The key, where there is no list.
    [InlineData(
        "alter table organizations_organizationuser drop constraint organizations_organizationuser_pkey; "
            + "alter table organizations_organizationuser add primary key (organization_id, user_id); "
            + "update organizations_organizationuser set is_admin = false"
    )]
    public async Task Migration_WhilePublished_IsNotRefused(string sql) => Assert.Null(await RefusalOfAsync(sql));

    [Theory]
    [InlineData(
        "alter table account_emailaddress alter column id type bigint",
        "cannot alter type of a column used by a publication WHERE clause"
    )]
    [InlineData(
        "alter table auth_user alter column id type bigint",
        "cannot alter type of a column used by a publication WHERE clause"
    )]
    [InlineData(
        "alter table account_emailaddress drop column user_id",
        "cannot drop column user_id of table account_emailaddress because other objects depend on it"
    )]
    [InlineData(
        "alter table account_emailaddress drop constraint account_emailaddress_pkey; "
            + "alter table account_emailaddress add primary key (email); update account_emailaddress set verified = true",
        "cannot update table \"account_emailaddress\""
    )]
    [InlineData(
        "alter table account_emailaddress replica identity full; update account_emailaddress set verified = true",
        "cannot update table \"account_emailaddress\""
    )]
    public async Task Migration_OfAListedColumn_IsRefusedUntilTheTableLeavesThePublication(string sql, string refusal)
    {
        Assert.Equal(refusal, await RefusalOfAsync(sql));
        var table = sql.Split(' ')[2];
        Assert.Null(await RefusalOfAsync($"alter publication user_reports drop table {table}; {sql}"));
    }

    [Fact]
    public async Task Migration_WithWholeRows_IsNeverRefused()
    {
        await followed.Server.ExecuteAsync(
            "drop publication user_reports; drop publication user_reports_kept",
            "platform"
        );
        await FollowedDatabases.PublishAsync(followed.Server, "platform", wholeRows: true);
        try
        {
            Assert.Null(await RefusalOfAsync("alter table account_emailaddress alter column id type bigint"));
            Assert.Null(await RefusalOfAsync("alter table account_emailaddress drop column user_id"));
            Assert.Null(
                await RefusalOfAsync(
                    "alter table account_emailaddress replica identity full; update account_emailaddress set verified = true"
                )
            );
            await using var reader = await followed.FollowAsync("platform");
            await followed.Server.ExecuteAsync("update auth_user set last_login = now() where id = 3", "platform");
            await reader.UntilAsync(r => r.Accounts.Contains(3));
        }
        finally
        {
            await followed.Server.ExecuteAsync(
                "drop publication user_reports; drop publication user_reports_kept",
                "platform"
            );
            await FollowedDatabases.PublishAsync(followed.Server, "platform");
        }
    }

    [Fact]
    public async Task Publication_OfSqlThatIsPrinted_CarriesNoSecret()
    {
        var columns = await followed.Server.ScalarAsync<string>(
            "select string_agg(tablename || '.' || a, ' ') from pg_publication_tables, unnest(attnames) a",
            "platform"
        );
        foreach (var secret in (string[])["password", "email,", "auth_user.email", "data", "content", "receipt_email"])
            Assert.DoesNotContain(secret, columns, StringComparison.Ordinal);
        Assert.Contains("auth_user.id", columns, StringComparison.Ordinal);
    }

    /// <summary>The first words of the server's refusal, or null. What was done is undone.</summary>
    private async Task<string?> RefusalOfAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(followed.Server.Connection("platform"));
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        try
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException e)
        {
            return e.MessageText;
        }
    }
}
