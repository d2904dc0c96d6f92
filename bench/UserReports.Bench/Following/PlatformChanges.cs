using System.Globalization;
using Npgsql;
using UserReports.Bench.Databases;

namespace UserReports.Bench.Following;

/// <summary>
/// What people do on a platform all day: of a hundred commits ninety are submissions with their bytes, five sign-ins,
/// two changed plans, two new accounts and one removal.
/// </summary>
internal sealed class PlatformChanges : IAsyncDisposable
{
    private const string Writer = "bench_writer";
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource platform;
    private readonly NpgsqlDataSource usage;
    private readonly Random random = new(7);
    private readonly List<Owner> owners = [];
    private readonly List<Subscribed> subscribed = [];
    private readonly Queue<long> removable = [];
    private long number;
    private long planned;

    private PlatformChanges(NpgsqlDataSource platform, NpgsqlDataSource usage) =>
        (this.platform, this.usage) = (platform, usage);

    /// <summary>Commits so far.</summary>
    public long Commits { get; private set; }

    /// <summary>Seconds for which the changes lagged behind their rate by more than a second.</summary>
    public double Late { get; private set; }

    /// <summary>Changes come from a role of their own, so that the server's statistics tell them from the service's.
    /// </summary>
    public static async Task<PlatformChanges> CreateAsync(BenchDatabases databases, CancellationToken cancellationToken)
    {
        await BenchDatabases.MakeRoleAsync(databases.Platform, Writer, Writer, "superuser", cancellationToken);
        var changes = new PlatformChanges(As(databases.Platform), As(databases.Usage));
        await changes.LoadAsync(cancellationToken);
        return changes;
    }

    /// <summary>Commits so many changes a second for so long.</summary>
    /// <param name="seen">Is given some of the changes, evenly spread over the kinds, right after their commit.</param>
    public async Task RunAsync(
        int rate,
        TimeSpan duration,
        Action<SeenChange> seen,
        CancellationToken cancellationToken
    )
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; ; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            if (due >= duration)
                return;
            var rest = due - TimeProvider.System.GetElapsedTime(began);
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, cancellationToken);
            else if (rest < -LateMax)
                Late += 1.0 / rate;
            var kind = random.Next(100);
            var change = kind switch
            {
                < 90 => await SubmitAsync(cancellationToken),
                < 95 => await SignInAsync(cancellationToken),
                < 97 => await ChangePlanAsync(cancellationToken),
                < 99 => await JoinAsync(cancellationToken),
                _ => await RemoveAsync(cancellationToken),
            };
            Commits++;
            if (change is not null && random.NextDouble() < ShareSeen(kind, rate))
                seen(change);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await platform.DisposeAsync();
        await usage.DisposeAsync();
    }

    /// <summary>About three submissions a second are looked for, and one of each other kind.</summary>
    private static double ShareSeen(int kind, int rate) =>
        kind switch
        {
            < 90 => 3 / (0.9 * rate),
            < 95 => 1 / (0.05 * rate),
            _ => 1 / (0.02 * rate),
        };

    private static NpgsqlDataSource As(string connection) =>
        NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connection)
            {
                Username = Writer,
                Password = Writer,
                MaxAutoPrepare = 20,
            }.ConnectionString
        );

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Bytes are looked for, and some accounts have no row that holds them.
        HashSet<long> withBytes = [];
        await ReadAsync(
            usage,
            "select user_id from main_userprofile where user_id % 3 = 0",
            row => withBytes.Add(Convert.ToInt64(row[0], CultureInfo.InvariantCulture)),
            cancellationToken
        );
        await ReadAsync(
            platform,
            """
            select u.id, u.username from auth_user u
                join organizations_organizationuser m on m.user_id = u.id
                join organizations_organizationowner o on o.organization_user_id = m.id
            where u.username ~ '^[a-z0-9_]+$' and u.id % 3 = 0
                and (select count(*) from organizations_organizationuser x where x.user_id = u.id) = 1
                and (select count(*) from organizations_organizationuser x
                    where x.organization_id = m.organization_id) = 1
            order by u.id limit 100000
            """,
            row =>
            {
                var id = Convert.ToInt64(row[0], CultureInfo.InvariantCulture);
                if (withBytes.Contains(id))
                    owners.Add(new(id, (string)row[1]));
            },
            cancellationToken
        );
        await ReadAsync(
            platform,
            """
            select s.djstripe_id, c.subscriber_id from djstripe_subscription s
                join djstripe_customer c on c.id = s.customer_id
                join organizations_organizationowner o on o.organization_id = c.subscriber_id
            where s.status = 'active' order by 1 limit 5000
            """,
            row => subscribed.Add(new((long)row[0], (string)row[1])),
            cancellationToken
        );
        await ReadAsync(
            platform,
            "select id from auth_user where id % 3 = 1 and not is_superuser order by id desc limit 20000",
            row => removable.Enqueue(Convert.ToInt64(row[0], CultureInfo.InvariantCulture)),
            cancellationToken
        );
    }

    private static async Task ReadAsync(
        NpgsqlDataSource database,
        string sql,
        Action<object[]> take,
        CancellationToken cancellationToken
    )
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var values = new object[reader.FieldCount];
        while (await reader.ReadAsync(cancellationToken))
        {
            reader.GetValues(values);
            take(values);
        }
    }

    private async Task<SeenChange?> SubmitAsync(CancellationToken cancellationToken)
    {
        var owner = owners[random.Next(owners.Count)];
        var bytes = 20_000_000_000 + number++;
        await ExecuteAsync(
            usage,
            """
            with submitted as (
                insert into logger_dailyxformsubmissioncounter (user_id, date, counter, xform_id)
                values ($1, (current_timestamp at time zone 'UTC')::date, 1, 1)
            )
            update main_userprofile set attachment_storage_bytes = $2 where user_id = $1
            """,
            cancellationToken,
            (int)owner.Id,
            bytes
        );
        // A later one of the same owner's, which has more bytes, may show in its place.
        return new("submission", Q($"username:\"{owner.Username}\" service_usage__total_storage_bytes__gte:{bytes}"));
    }

    private async Task<SeenChange?> SignInAsync(CancellationToken cancellationToken)
    {
        var owner = owners[random.Next(owners.Count)];
        var at = TimeProvider.System.GetUtcNow();
        // As reports show it.
        at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
        await ExecuteAsync(
            platform,
            "update auth_user set last_login = $2 where id = $1",
            cancellationToken,
            (int)owner.Id,
            at.UtcDateTime
        );
        return new("sign-in", Q($"username:\"{owner.Username}\" last_login__gte:\"{at:yyyy-MM-ddTHH:mm:ssZ}\""));
    }

    private async Task<SeenChange?> ChangePlanAsync(CancellationToken cancellationToken)
    {
        // One after the other: none is changed again before it was seen.
        var plan = subscribed[(int)(planned++ % subscribed.Count)];
        var words = string.Create(CultureInfo.InvariantCulture, $"plan{number++}");
        await ExecuteAsync(
            platform,
            "update djstripe_subscription set description = $2, djstripe_updated = now() where djstripe_id = $1",
            cancellationToken,
            plan.Id,
            words
        );
        return new("plan", Q($"organization__uid:\"{plan.Organization}\" subscriptions[]__description:\"{words}\""));
    }

    private async Task<SeenChange?> JoinAsync(CancellationToken cancellationToken)
    {
        var id = (int)(50_000_000 + number++);
        var name = string.Create(CultureInfo.InvariantCulture, $"joined{id}");
        await ExecuteAsync(
            platform,
            """
            with account as (
                insert into auth_user (id, username, first_name, last_name, email, is_superuser, is_staff, is_active, date_joined,
                    password)
                values ($1, $2, '', '', $2 || '@example.org', false, false, true, now(), '!')
            ), details as (
                insert into hub_extrauserdetail (user_id, uid, data, private_data) values ($1, 'u' || $2, '{}', '{}')
            ), organization as (
                insert into organizations_organization (id, name, website, organization_type, mmo_override, is_active)
                values ('o' || $2, $2, '', '', false, true)
            ), membership as (
                insert into organizations_organizationuser (id, user_id, organization_id, is_admin)
                values ($1, $1, 'o' || $2, true)
            )
            insert into organizations_organizationowner (organization_id, organization_user_id) values ('o' || $2, $1)
            """,
            cancellationToken,
            id,
            name
        );
        return new("new account", Q($"username:\"{name}\""));
    }

    private async Task<SeenChange?> RemoveAsync(CancellationToken cancellationToken)
    {
        if (!removable.TryDequeue(out var id))
            return null;
        await ExecuteAsync(
            platform,
            """
            with owner as (
                delete from organizations_organizationowner where organization_user_id in (
                    select id from organizations_organizationuser where user_id = $1)
            ), membership as (delete from organizations_organizationuser where user_id = $1),
            details as (delete from hub_extrauserdetail where user_id = $1)
            delete from auth_user where id = $1
            """,
            cancellationToken,
            (int)id
        );
        return null;
    }

    private static async Task ExecuteAsync(
        NpgsqlDataSource database,
        string sql,
        CancellationToken cancellationToken,
        params object[] values
    )
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Q(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Owner(long Id, string Username);

    private sealed record Subscribed(long Id, string Organization);
}

/// <summary>A committed change, and the question that finds a row once it shows.</summary>
internal sealed record SeenChange(string Kind, string Q)
{
    /// <summary>When the commit had returned.</summary>
    public long CommittedAt { get; } = TimeProvider.System.GetTimestamp();
}
