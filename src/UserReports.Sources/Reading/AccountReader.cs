using System.Globalization;
using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>Reads accounts with everything that stands beside them in the platform database.</summary>
internal sealed class AccountReader(SourceCatalogue catalogue, long anonymousUserId, Action<DataWarning> warn)
{
    private const string TosKey = "last_tos_accept_time";

    private readonly List<Account> accounts = [];
    private readonly HashSet<long> verified = [];
    private readonly HashSet<long> mfa = [];
    private readonly Dictionary<long, List<SocialAccount>> social = [];
    private readonly Dictionary<long, (long All, long Active)> assets = [];

    /// <summary>The accounts that were read, ordered by id.</summary>
    public IReadOnlyList<Account> Accounts => accounts;

    /// <summary>What reads the selected accounts, in this order.</summary>
    public IEnumerable<SourceStatement> Statements(SourceSession session, AccountSelection selection)
    {
        var parameters = selection.Parameters(session);
        yield return new(
            $"""select user_id from account_emailaddress where {selection.Where("user_id")} and verified and "primary" """,
            row => verified.Add(row.Integer(0)),
            parameters
        );
        if (catalogue.Has("accounts_mfa_mfamethodswrapper"))
        {
            yield return new(
                $"select user_id from accounts_mfa_mfamethodswrapper where {selection.Where("user_id")} and is_active",
                row => mfa.Add(row.Integer(0)),
                parameters
            );
        }

        if (catalogue.Has("socialaccount_socialaccount"))
        {
            yield return new(
                $"select user_id, id, provider, uid from socialaccount_socialaccount where {selection.Where("user_id")} order by id",
                ReadSocialAccount,
                parameters
            );
        }

        yield return new(
            $"""
            select owner_id, count(*), count(case when _deployment_status = 'deployed' then 1 end)
            from kpi_asset where {selection.Where("owner_id")} and not pending_delete group by owner_id
            """,
            row => assets[row.Integer(0)] = (row.Integer(1), row.Integer(2)),
            parameters
        );
        // A value costs either side as much as a number of flags; together they are one value.
        yield return new(
            $"""
            select u.id, u.username, u.first_name, u.last_name, u.email, u.date_joined, u.last_login, d.uid, d.data,
                d.date_removal_requested, d.date_removed, d.password_date_changed,
                {Together(
                    "u.is_superuser",
                    "u.is_staff",
                    "u.is_active",
                    "d.user_id is not null",
                    $"(d.private_data -> '{TosKey}') is not null",
                    "d.validated_password"
                )}
            from auth_user u left join hub_extrauserdetail d on d.user_id = u.id and {selection.Where("d.user_id")}
            where {selection.Where("u.id")} order by u.id
            """,
            ReadAccount,
            parameters
        );
    }

    /// <summary>Conditions as one number: 1 if the first holds, and 2 if the second does, and so on.</summary>
    private static string Together(params IReadOnlyList<string> conditions) =>
        string.Join(
            " + ",
            conditions.Select(
                (condition, i) =>
                    string.Create(CultureInfo.InvariantCulture, $"(case when {condition} then {1 << i} else 0 end)")
            )
        );

    private void ReadAccount(SourceRow row)
    {
        var id = row.Integer(0);
        if (id == anonymousUserId)
            return;
        DateTimeOffset? Instant(int column, string field)
        {
            if (!row.TryInstant(column, out var instant))
                warn(new($"account {id}", $"{field} holds an instant that no calendar has; it counts as absent."));
            return instant;
        }

        var flags = row.Integer(12);
        bool Holds(int place) => (flags & (1 << place)) != 0;
        var details = row.JsonOrNull(8);
        if (details is { IsObject: false })
            warn(new($"account {id}", "data is no JSON object; it is reported as it is."));
        var (all, active) = assets.GetValueOrDefault(id);
        accounts.Add(
            new()
            {
                Id = id,
                Username = row.Text(1),
                FirstName = row.Text(2),
                LastName = row.Text(3),
                Email = row.Text(4),
                IsSuperuser = Holds(0),
                IsStaff = Holds(1),
                IsActive = Holds(2),
                DateJoined = Instant(5, "date_joined"),
                LastLogin = Instant(6, "last_login"),
                Uid = row.TextOrNull(7),
                AcceptedTos = Holds(4),
                ExtraDetails = Holds(3)
                    ? new(
                        details is null ? null : ReportComputation.WithoutBookkeeping(details),
                        Instant(10, "date_removed"),
                        Holds(5),
                        Instant(11, "password_date_changed"),
                        Instant(9, "date_removal_requested")
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
        if (!social.TryGetValue(row.Integer(0), out var list))
            social[row.Integer(0)] = list = [];
        list.Add(new(row.Integer(1), row.Text(2), row.Text(3)));
    }
}
