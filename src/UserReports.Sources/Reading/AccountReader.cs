using System.Globalization;
using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Reading;

/// <summary>Reads accounts with everything that stands beside them in the platform database.</summary>
internal sealed class AccountReader(
    SourceSession session,
    SourceCatalogue catalogue,
    long anonymousUserId,
    Action<DataWarning> warn
)
{
    private const string TosKey = "last_tos_accept_time";

    private readonly SourceColumns columns = new(catalogue);
    private readonly List<Account> accounts = [];
    private readonly HashSet<long> verified = [];
    private readonly HashSet<long> mfa = [];
    private readonly Dictionary<long, List<SocialAccount>> social = [];
    private readonly Dictionary<long, (long All, long Active)> assets = [];

    /// <summary>The accounts that were read, ordered by id.</summary>
    public IReadOnlyList<Account> Accounts => accounts;

    /// <summary>What reads the selected accounts, in this order.</summary>
    public IEnumerable<SourceStatement> Statements(AccountSelection selection)
    {
        var parameters = selection.Parameters(session);
        yield return new(
            $"""
            select e.user_id from account_emailaddress e
            where {selection.Where("e.user_id")} and {Condition("account_emailaddress", "e", "verified")}
                and {Condition("account_emailaddress", "e", "primary")}
            """,
            row => verified.Add(row.Integer(0)),
            parameters
        );
        if (catalogue.CanRead("accounts_mfa_mfamethodswrapper"))
        {
            yield return new(
                $"""
                select f.user_id from accounts_mfa_mfamethodswrapper f
                where {selection.Where("f.user_id")} and {Condition("accounts_mfa_mfamethodswrapper", "f", "is_active")}
                """,
                row => mfa.Add(row.Integer(0)),
                parameters
            );
        }

        if (catalogue.CanRead("socialaccount_socialaccount"))
        {
            const string Social = "socialaccount_socialaccount";
            yield return new(
                $"""
                select s.user_id, {Value(Social, "s", "id", ValueKind.Integer)}, {Value(
                    Social,
                    "s",
                    "provider",
                    ValueKind.Text
                )},
                    {Value(Social, "s", "uid", ValueKind.Text)}
                from {Social} s where {selection.Where("s.user_id")} order by s.id
                """,
                ReadSocialAccount,
                parameters
            );
        }

        yield return new(
            $"""
            select a.owner_id, count(*),
                count(case when {columns.Key("kpi_asset", "a", "_deployment_status")} = 'deployed' then 1 end)
            from kpi_asset a
            where {selection.Where("a.owner_id")} and not {Condition(
                "kpi_asset",
                "a",
                "pending_delete"
            )} group by a.owner_id
            """,
            row => assets[row.Integer(0)] = (row.Integer(1), row.Integer(2)),
            parameters
        );
        // A value costs either side as much as a number of flags; together they are one value.
        yield return new(
            $"""
            select u.id, {User("username", ValueKind.Text)}, {User("first_name", ValueKind.Text)},
                {User("last_name", ValueKind.Text)}, {User("email", ValueKind.Text)},
                {User("date_joined", ValueKind.Instant)}, {User("last_login", ValueKind.Instant)},
                {Details("uid", ValueKind.Text)}, {Details("data", ValueKind.Json)},
                {Details("date_removal_requested", ValueKind.Instant)}, {Details("date_removed", ValueKind.Instant)},
                {Details("password_date_changed", ValueKind.Instant)},
                {Together(
                    Condition("auth_user", "u", "is_superuser"),
                    Condition("auth_user", "u", "is_staff"),
                    Condition("auth_user", "u", "is_active"),
                    "d.user_id is not null",
                    FindsTosKey ? $"(d.private_data -> '{TosKey}') is not null" : "false",
                    Condition("hub_extrauserdetail", "d", "validated_password")
                )}{(FindsTosKey ? "" : ", " + Details("private_data", ValueKind.Json))}
            from auth_user u left join hub_extrauserdetail d on d.user_id = u.id and {selection.Where("d.user_id")}
            where {selection.Where("u.id")} order by u.id
            """,
            ReadAccount,
            parameters
        );
    }

    /// <summary>
    /// True if the database itself finds a key in <c>private_data</c>: in JSON that is kept as text some values make
    /// that an error.
    /// </summary>
    private bool FindsTosKey =>
        session.IsEmbedded || catalogue.Find("hub_extrauserdetail", "private_data") is { Type: SourceType.BinaryJson };

    /// <summary>Conditions as one number: 1 if the first holds, and 2 if the second does, and so on.</summary>
    private static string Together(params IReadOnlyList<string> conditions) =>
        string.Join(
            " + ",
            conditions.Select(
                (condition, i) =>
                    string.Create(CultureInfo.InvariantCulture, $"(case when {condition} then {1 << i} else 0 end)")
            )
        );

    private string Condition(string table, string alias, string column) => columns.Condition(table, alias, column);

    private string Value(string table, string alias, string column, ValueKind kind) =>
        columns.Value(table, alias, column, kind);

    private string User(string column, ValueKind kind) => Value("auth_user", "u", column, kind);

    private string Details(string column, ValueKind kind) => Value("hub_extrauserdetail", "d", column, kind);

    private void ReadAccount(SourceRow row)
    {
        var id = row.Integer(0);
        if (id == anonymousUserId)
            return;
        var fields = new FieldReader(row, "account", id, warn);
        var flags = row.Integer(12);
        bool Holds(int place) => (flags & (1 << place)) != 0;
        var details = fields.Json(8, "data");
        if (details is { IsObject: false })
            fields.Tell("data", "is no JSON object; it is reported as it is.");
        var acceptedTos = FindsTosKey ? Holds(4) : fields.Json(13, "private_data")?.Has(TosKey) ?? false;
        var (all, active) = assets.GetValueOrDefault(id);
        accounts.Add(
            new()
            {
                Id = id,
                Username = fields.TextOrEmpty(1, "username"),
                FirstName = fields.TextOrEmpty(2, "first_name"),
                LastName = fields.TextOrEmpty(3, "last_name"),
                Email = fields.TextOrEmpty(4, "email"),
                IsSuperuser = Holds(0),
                IsStaff = Holds(1),
                IsActive = Holds(2),
                DateJoined = fields.Instant(5, "date_joined"),
                LastLogin = fields.Instant(6, "last_login"),
                Uid = fields.Text(7, "uid"),
                AcceptedTos = acceptedTos,
                ExtraDetails = Holds(3)
                    ? new(
                        details is null ? null : ReportComputation.WithoutBookkeeping(details),
                        fields.Instant(10, "date_removed"),
                        Holds(5),
                        fields.Instant(11, "password_date_changed"),
                        fields.Instant(9, "date_removal_requested")
                    )
                    : ExtraDetails.None,
                ValidatedEmail = verified.Contains(id),
                MfaIsActive = mfa.Contains(id),
                SocialAccounts = social.TryGetValue(id, out var accountsElsewhere) ? accountsElsewhere : [],
                AssetCount = all,
                ActiveProjectCount = active,
            }
        );
    }

    private void ReadSocialAccount(SourceRow row)
    {
        var fields = new FieldReader(row, "account", row.Integer(0), warn);
        if (fields.Integer(1, "social_accounts.id") is not { } id)
            return;
        if (!social.TryGetValue(row.Integer(0), out var list))
            social[row.Integer(0)] = list = [];
        list.Add(
            new(id, fields.TextOrEmpty(2, "social_accounts.provider"), fields.TextOrEmpty(3, "social_accounts.uid"))
        );
    }
}
