namespace UserReports.Feed.Tests;

/// <summary>What may happen on a generated platform.</summary>
internal static class RandomChanges
{
    /// <summary>A statement, and the database in which it is executed.</summary>
    /// <param name="accounts">Accounts 1 to this one were generated.</param>
    /// <param name="number">Another one each time.</param>
    public static (string Database, string Sql) Next(Random random, int accounts, int number)
    {
        var account = 1 + random.Next(accounts);
        var other = 1 + random.Next(accounts);
        const string Today = "cast(current_timestamp as date)";
        return random.Next(16) switch
        {
            0 or 1 or 2 => (
                "usage",
                $"insert into logger_dailyxformsubmissioncounter values ({account}, {Today}, {1 + random.Next(90)}, {number})"
            ),
            3 => (
                "usage",
                $"update main_userprofile set attachment_storage_bytes = {number} where user_id = {account}"
            ),
            4 => ("platform", $"update auth_user set first_name = 'n{number}' where id = {account}"),
            5 => ("platform", $"update auth_user set last_login = current_timestamp where id = {account}"),
            6 => ("platform", $"delete from auth_user where id = {account}"),
            7 => (
                "platform",
                $"insert into auth_user select {1_000 + number}, 'new{number}', '', '', '', false, false, true, date_joined, null, '!' from auth_user where id = (select min(id) from auth_user)"
            ),
            8 => ("platform", $"delete from organizations_organizationuser where user_id = {account}"),
            9 => (
                "platform",
                $"""
                insert into organizations_organizationuser (id, user_id, organization_id, is_admin)
                select {10_000 + number}, {account}, max(organization_id), true from organizations_organizationuser
                where user_id = {other} having max(organization_id) is not null and not exists (
                    select 1 from organizations_organizationuser m where m.user_id = {account})
                """
            ),
            10 => (
                "platform",
                $"update organizations_organization set name = 'o{number}' where id = (select max(organization_id) from organizations_organizationuser where user_id = {account})"
            ),
            11 => (
                "platform",
                $"update djstripe_subscription set status = '{(random.Next(2) == 0 ? "active" : "canceled")}' where djstripe_id % 7 = {random.Next(7)}"
            ),
            12 => ("platform", $"insert into kpi_asset values ({account}, 'deployed', false)"),
            13 => (
                "platform",
                $"insert into trackers_nlpusagecounter (user_id, date, total_asr_seconds, total_mt_characters, total_llm_requests) values ({account}, {Today}, 1, 2, 3)"
            ),
            14 => (
                "platform",
                $"delete from organizations_organizationowner where organization_user_id = (select min(id) from organizations_organizationuser where user_id = {account})"
            ),
            _ => (
                "platform",
                $"update djstripe_price set nickname = 'p{number}' where djstripe_id % 5 = {random.Next(5)}"
            ),
        };
    }
}
