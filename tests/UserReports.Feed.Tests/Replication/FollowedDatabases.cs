using UserReports.Feed.Replication;
using UserReports.Feed.Replication.Publications;
using UserReports.Feed.Replication.Servers;

namespace UserReports.Feed.Tests.Replication;

/// <summary>
/// A platform of two databases on a server of its own, as their products make them as far as a feed is concerned, and
/// the role and publications that the service's own SQL makes.
/// </summary>
internal static class FollowedDatabases
{
    public const int Accounts = 200;
    public const string Role = "reports_feed";

    /// <summary>Organisation o7 is account 7's, its membership's key is 7 too, and so is all else of it.</summary>
    private const string PlatformTables = """
        create table auth_user (
            id serial primary key, username varchar(150) not null, email varchar(254) not null, password varchar(128),
            last_login timestamptz, is_active boolean not null default true
        );
        create table hub_extrauserdetail (
            id serial primary key, uid varchar(22), data jsonb, date_removed timestamptz, user_id int not null unique
        );
        create table organizations_organization (id varchar(24) primary key, name varchar(200) not null);
        create table organizations_organizationuser (
            id serial primary key, is_admin boolean not null, organization_id varchar(24) not null, user_id int not null
        );
        create index on organizations_organizationuser (organization_id);
        create table organizations_organizationowner (
            id serial primary key, organization_id varchar(24) not null unique, organization_user_id int not null unique
        );
        create table account_emailaddress (
            id serial primary key, email varchar(254), verified boolean not null, "primary" boolean not null, user_id int not null
        );
        create table accounts_mfa_mfamethodswrapper (id serial primary key, user_id int not null, is_active boolean);
        create table socialaccount_socialaccount (id serial primary key, user_id int not null, provider varchar(200));
        create table kpi_asset (
            id serial primary key, name text, content jsonb, owner_id int, _deployment_status varchar(8), pending_delete boolean
        );
        create table trackers_nlpusagecounter (
            id bigserial primary key, date date, user_id int not null, total_asr_seconds int not null default 0
        );
        create table djstripe_customer (
            djstripe_id bigserial primary key, id varchar(255) not null unique, email text, subscriber_id varchar(24)
        );
        create table djstripe_product (djstripe_id bigserial primary key, id varchar(255) not null unique, name text);
        create table djstripe_price (
            djstripe_id bigserial primary key, id varchar(255) not null unique, product_id varchar(255), nickname text
        );
        create table djstripe_subscription (
            djstripe_id bigserial primary key, id varchar(255) not null unique, customer_id varchar(255) not null, status text
        );
        create index on djstripe_subscription (customer_id);
        create table djstripe_subscriptionitem (
            djstripe_id bigserial primary key, id varchar(255) not null unique, subscription_id varchar(255) not null,
            price_id bigint, quantity int
        );
        create index on djstripe_subscriptionitem (subscription_id);
        create index on djstripe_subscriptionitem (price_id);
        create table djstripe_charge (
            djstripe_id bigserial primary key, id varchar(255) not null unique, refunded boolean not null, receipt_email text
        );
        create table stripe_planaddon (
            id varchar(27) primary key, organization_id varchar(24), charge_id varchar(255) not null, usage_limits jsonb
        );
        """;

    private const string UsageTables = """
        create table main_userprofile (
            id serial primary key, name varchar(255), user_id int not null unique, attachment_storage_bytes bigint not null
        );
        create table logger_dailyxformsubmissioncounter (
            id serial primary key, date date not null, counter int not null, user_id int not null
        );
        create index on logger_dailyxformsubmissioncounter (date, user_id);
        """;

    /// <summary>Makes both databases, the role and what it needs.</summary>
    public static async Task CreateAsync(OwnServer server)
    {
        await server.ExecuteAsync("create database platform");
        await server.ExecuteAsync("create database usage");
        await server.ExecuteAsync($"create role {Role} login replication");
        await server.ExecuteAsync(PlatformTables, "platform");
        await server.ExecuteAsync(UsageTables, "usage");
        await server.ExecuteAsync(
            $"""
            insert into auth_user (id, username, email, password)
                select i, 'user' || i, i || '@example.org', 'secret' from generate_series(1, {Accounts}) i;
            insert into hub_extrauserdetail (id, uid, user_id) select i, 'u' || i, i from generate_series(1, {Accounts}) i;
            insert into organizations_organization select 'o' || i, 'Org ' || i from generate_series(1, {Accounts}) i;
            insert into organizations_organizationuser select i, true, 'o' || i, i from generate_series(1, {Accounts}) i;
            insert into organizations_organizationowner select i, 'o' || i, i from generate_series(1, {Accounts}) i;
            insert into account_emailaddress
                select i, i || '@example.org', true, true, i from generate_series(1, {Accounts}) i;
            insert into djstripe_product values (1, 'prod_1', 'Plan');
            insert into djstripe_price select i, 'price_' || i, 'prod_1' from generate_series(1, 2) i;
            insert into djstripe_customer select i, 'cus_' || i, '', 'o' || i from generate_series(1, 20) i;
            insert into djstripe_subscription select i, 'sub_' || i, 'cus_' || i, 'active' from generate_series(1, 20) i;
            insert into djstripe_subscriptionitem
                select i, 'si_' || i, 'sub_' || i, case when i = 7 then 2 else 1 end, 1 from generate_series(1, 20) i;
            insert into djstripe_charge select i, 'ch_' || i, false from generate_series(1, 20) i;
            insert into stripe_planaddon select 'pa_' || i, 'o' || i, 'ch_' || i from generate_series(1, 5) i;
            select setval(c.oid, 5000) from pg_class c where c.relkind = 'S';
            """,
            "platform"
        );
        await server.ExecuteAsync(
            $"""
            insert into main_userprofile select i, '', i, 0 from generate_series(1, {Accounts}) i;
            select setval(c.oid, 5000) from pg_class c where c.relkind = 'S';
            """,
            "usage"
        );
        foreach (var database in new[] { "platform", "usage" })
            await PublishAsync(server, database);
    }

    /// <summary>The feed's settings at this server.</summary>
    public static ReplicationSettings Settings(OwnServer server, string database) =>
        new(database, server.Connection(database, Role))
        {
            RetainedMax = 200 << 20,
            NamedMax = () => 150,
            LookEvery = TimeSpan.FromMilliseconds(200),
        };

    /// <summary>Executes what an operator is told to.</summary>
    public static async Task PublishAsync(OwnServer server, string database, bool wholeRows = false)
    {
        var settings = Settings(server, database) with { ConnectionString = server.Connection(database) };
        await using var replication = new ReplicationServer(settings);
        var tables = await replication.TablesAsync(default);
        var sql = new PublicationSql(settings, tables, replication.Version, wholeRows);
        foreach (var statement in sql.Create().Concat(sql.Grant(Role)))
            await server.ExecuteAsync(statement, database);
    }
}
