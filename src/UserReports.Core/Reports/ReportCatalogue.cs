using UserReports.Core.Billing;

namespace UserReports.Core.Reports;

/// <summary>Every field of the report, declared once and in the order of the JSON.</summary>
public static partial class ReportCatalogue
{
    /// <summary>
    /// The row's own name, <c>{user_id}-{organization_id}</c> or <c>{user_id}-orgnone</c>: it is asked for and ordered
    /// by, but not shown, so it is not among <see cref="Fields"/>.
    /// </summary>
    public static readonly Field RowId = new FieldBuilder<Report>().Text(
        "id",
        r => r.Id,
        "The row: the account's number and the organisation's identifier, or orgnone. Not shown."
    );

    /// <summary>The top-level fields, in order.</summary>
    public static readonly IReadOnlyList<Field> Fields = Declare(new());

    /// <summary>Every field at every depth, objects and lists included, in order.</summary>
    public static readonly IReadOnlyList<Field> All = [.. Fields.SelectMany(Flatten)];

    private static IEnumerable<Field> Flatten(Field field) => field.Children.SelectMany(Flatten).Prepend(field);

    private static IReadOnlyList<Field> Declare(FieldBuilder<Report> f) =>
        [
            f.Text("user_uid", r => r.Account.Uid, "The account's public identifier.").Nullable(),
            f.Text("username", r => r.Account.Username, "The name to sign in with.").Searched().Identifies(),
            f.Text("first_name", r => r.Account.FirstName, "First name; may be empty.").Searched().Describes(),
            f.Text("last_name", r => r.Account.LastName, "Last name; may be empty.").Searched().Describes(),
            f.Text("email", r => r.Account.Email, "E-mail address; may be empty.").Searched().Identifies(),
            f.Boolean("is_superuser", r => r.Account.IsSuperuser, "May do everything on the platform."),
            f.Boolean("is_staff", r => r.Account.IsStaff, "May use the platform's administration pages."),
            f.Boolean("is_active", r => r.Account.IsActive, "May sign in."),
            f.Instant("date_joined", r => r.Account.DateJoined, "When the account was made.").Nullable(),
            f.Instant("last_login", r => r.Account.LastLogin, "When the account last signed in; null for never.")
                .Nullable(),
            f.Boolean("validated_email", r => r.Account.ValidatedEmail, "A primary, verified e-mail address exists."),
            f.Boolean("mfa_is_active", r => r.Account.MfaIsActive, "A second factor is active."),
            f.Boolean("sso_is_active", r => r.Account.SocialAccounts.Count > 0, "Signs in through another provider."),
            f.Boolean("accepted_tos", r => r.Account.AcceptedTos, "Accepted the terms of service."),
            f.List(
                "social_accounts",
                r => r.Account.SocialAccounts,
                "Sign-ins through other providers, ordered by id.",
                s =>
                    [
                        s.Integer("id", x => x.Id, "Identifier of the link on the platform."),
                        s.Text("provider", x => x.Provider, "The provider's key, for example google.")
                            .Collected()
                            .Usually("google", "microsoft", "okta", "apple", "github", "openid_connect", "saml"),
                        s.Text("uid", x => x.Uid, "The account's identifier at the provider.").Collected().Identifies(),
                    ]
            ),
            f.Object(
                    "organization",
                    r => r.Organization,
                    "The organisation of this row.",
                    o =>
                        [
                            o.Text("name", x => x.Name, "The organisation's name.").Searched().Identifies(),
                            o.Text("uid", x => x.Uid, "The organisation's identifier."),
                            o.Text(
                                    "role",
                                    x => x.Role,
                                    "owner, admin or member: the account's role in this organisation."
                                )
                                .OneOf("owner", "admin", "member"),
                            o.Text("website", x => x.Website, "The organisation's website; may be empty.")
                                .Searched()
                                .Describes(),
                        ]
                )
                .Nullable(),
            f.Object(
                "extra_details",
                r => r.Account.ExtraDetails,
                "What the account says of itself.",
                d =>
                    [
                        d.Json("data", x => x.Data, "The free-form details; null for an account without any.")
                            .Nullable()
                            .Describes()
                            .WithKnownKeys(
                                "name",
                                "country",
                                "sector",
                                "organization",
                                "organization_type",
                                "last_ui_language"
                            ),
                        d.Instant("date_removed", x => x.DateRemoved, "When the account was removed.").Nullable(),
                        d.Boolean(
                            "validated_password",
                            x => x.ValidatedPassword,
                            "The password meets the platform's rules."
                        ),
                        d.Instant(
                                "password_date_changed",
                                x => x.PasswordDateChanged,
                                "When the password was last changed."
                            )
                            .Nullable(),
                        d.Instant("date_removal_requested", x => x.DateRemovalRequested, "When removal was asked for.")
                            .Nullable(),
                    ]
            ),
            f.List(
                    "subscriptions",
                    r => r.Subscriptions,
                    "Every subscription of the organisation, whatever its status.",
                    Subscription
                )
                .WithOffsets(),
            f.Object("service_usage", r => r.ServiceUsage, "Usage, limits and what is left of them.", ServiceUsage)
                .WithOffsets(),
            f.Boolean("account_restricted", r => r.AccountRestricted, "Some balance is exceeded."),
            f.Integer("asset_count", r => r.Account.AssetCount, "Projects that are not about to be deleted."),
            f.Integer("active_project_count", r => r.Account.ActiveProjectCount, "Of those, the deployed ones."),
            f.Instant("last_updated", r => r.LastUpdated, "When this row was computed."),
            // What is added comes last: clients of the earlier endpoint see nothing moved.
            f.Object(
                    "limit_sources",
                    r => r.Limits,
                    "Where the organisation's limits come from.",
                    l =>
                        [
                            .. Metric.All.Select(
                                (metric, index) =>
                                    l.Text(
                                            metric.Key,
                                            x => LimitSources.NameOf(x[index].Source),
                                            $"Where the limit of {metric.Label} comes from."
                                        )
                                        .OneOf(LimitSources.Names)
                            ),
                        ]
                )
                .Nullable(),
            f.Object("activity", r => r.Activity, "Whether the account itself is still in use.", Activity),
            f.Object("trend", r => r.Trend, "How figures differ from those of some time ago.", ForecastFields.Trend),
            f.Object(
                "forecast",
                r => r.Forecasts,
                "When limits are reached if use goes on as it did.",
                x =>
                    [
                        .. Metric.All.Select(
                            (metric, index) =>
                                x.Object(
                                        metric.Key,
                                        forecasts => forecasts[index],
                                        $"When the limit of {metric.Label} is reached; null if the plan does not "
                                            + "include them.",
                                        ForecastFields.Forecast
                                    )
                                    .Nullable()
                        ),
                    ]
            ),
        ];

    private static IReadOnlyList<Field> ServiceUsage(FieldBuilder<ServiceUsage> f) =>
        [
            f.Object(
                "total_nlp_usage",
                u => u,
                "The account's own use of the language services.",
                n =>
                    [
                        .. Metric.LanguageServices.Select(
                            (metric, index) =>
                                n.Integer(
                                    $"{metric.Key}_current_period",
                                    u => u.LanguageServicesCurrentPeriod[index],
                                    $"{Capitalised(metric.Label)}, in the current billing period."
                                )
                        ),
                        .. Metric.LanguageServices.Select(
                            (metric, index) =>
                                n.Integer(
                                    $"{metric.Key}_all_time",
                                    u => u.LanguageServicesAllTime[index],
                                    $"{Capitalised(metric.Label)}, ever."
                                )
                        ),
                    ]
            ),
            f.Integer("total_storage_bytes", u => u.TotalStorageBytes, "Bytes stored by the organisation's owner."),
            f.Object(
                "total_submission_count",
                u => u,
                "Submissions to the organisation's owner.",
                s =>
                    [
                        s.Integer(
                            "retention_days",
                            u => u.RetentionDays,
                            "How many days the platform keeps counts of."
                        ),
                        s.Integer("cumulative", u => u.SubmissionsCumulative, "Submissions within retention."),
                        s.Integer(
                            "current_period",
                            u => u.SubmissionsCurrentPeriod,
                            "Submissions in the current billing period."
                        ),
                    ]
            ),
            f.Object(
                "balances",
                u => u,
                "What is left of each limit.",
                b =>
                    [
                        .. Metric.All.Select(
                            (metric, index) =>
                                b.Object(
                                        metric.Key,
                                        u => u.Balances[index],
                                        $"The balance of {metric.Label}; null if the plan does not include them.",
                                        Balance
                                    )
                                    .Nullable()
                        ),
                    ]
            ),
            f.Instant("current_period_start", u => u.CurrentPeriod?.Start, "When the billing period began.").Nullable(),
            f.Instant("current_period_end", u => u.CurrentPeriod?.End, "When the billing period ends.").Nullable(),
        ];

    private static IReadOnlyList<Field> Balance(FieldBuilder<Balance> f) =>
        [
            f.Integer("effective_limit", b => b.EffectiveLimit, "The limit; null for unlimited.").Nullable(),
            f.Integer("balance_value", b => b.Value, "Limit less usage, negative when over; null for unlimited.")
                .Nullable(),
            f.Integer("balance_percent", b => b.Percent, "Usage in percent of the limit; 0 for unlimited."),
            f.Boolean("exceeded", b => b.Exceeded, "Usage is over the limit."),
        ];

    private static string Capitalised(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
