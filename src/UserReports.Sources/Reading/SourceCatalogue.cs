using UserReports.Core.Reports;

namespace UserReports.Sources.Reading;

/// <summary>Which tables and columns a source database has, read once.</summary>
public sealed class SourceCatalogue
{
    private readonly Dictionary<string, HashSet<string>> columnsByTable;

    private SourceCatalogue(Dictionary<string, HashSet<string>> columnsByTable) => this.columnsByTable = columnsByTable;

    /// <summary>What the report cannot do without.</summary>
    public static readonly IReadOnlyList<RequiredTable> Platform =
    [
        new(
            "auth_user",
            [
                "id",
                "username",
                "first_name",
                "last_name",
                "email",
                "is_superuser",
                "is_staff",
                "is_active",
                "date_joined",
                "last_login",
            ]
        ),
        new(
            "hub_extrauserdetail",
            [
                "user_id",
                "uid",
                "data",
                "private_data",
                "date_removal_requested",
                "date_removed",
                "password_date_changed",
                "validated_password",
            ]
        ),
        new("organizations_organization", ["id", "name", "website"]),
        new("organizations_organizationuser", ["id", "user_id", "organization_id", "is_admin"]),
        new("organizations_organizationowner", ["organization_id", "organization_user_id"]),
        new("account_emailaddress", ["user_id", "verified", "primary"]),
        new("kpi_asset", ["owner_id", "_deployment_status", "pending_delete"]),
    ];

    /// <inheritdoc cref="Platform"/>
    public static readonly IReadOnlyList<RequiredTable> Usage =
    [
        new("logger_dailyxformsubmissioncounter", ["user_id", "date", "counter"]),
        new("main_userprofile", ["user_id", "attachment_storage_bytes"]),
    ];

    /// <summary>Tables of the platform without which the report lacks something.</summary>
    public static readonly IReadOnlyList<(string Table, string Lack)> Optional =
    [
        ("accounts_mfa_mfamethodswrapper", "mfa_is_active is false for everyone"),
        ("socialaccount_socialaccount", "social_accounts are empty"),
        ("trackers_nlpusagecounter", "language-service usage is 0"),
        ("stripe_planaddon", "one-time add-ons do not count"),
        ("djstripe_taxrate", "default_tax_rates are empty"),
    ];

    private const string EmbeddedColumns =
        "select table_name, column_name from information_schema.columns where table_schema = 'main'";

    /// <summary>
    /// Not from information_schema, which hides what the role may not read: a table that is there and refused must be
    /// an error, never taken for one that the platform lacks (then nobody would have a second factor, or a limit).
    /// </summary>
    private const string PostgresColumns = """
        select c.relname, a.attname
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
            and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
            and pg_table_is_visible(c.oid)
        """;

    /// <summary>Tables of the platform that subscriptions need; a platform has all of them or none.</summary>
    public static readonly IReadOnlyList<string> StripeTables =
    [
        "djstripe_customer",
        "djstripe_subscription",
        "djstripe_subscriptionitem",
        "djstripe_price",
        "djstripe_product",
    ];

    /// <summary>True if every table that subscriptions need is there.</summary>
    public bool HasStripe => StripeTables.All(Has);

    /// <summary>Reads the catalogue of the database.</summary>
    public static async Task<SourceCatalogue> ReadAsync(SourceSession session, CancellationToken cancellationToken)
    {
        var columns = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        await session.ReadAsync(
            session.IsEmbedded ? EmbeddedColumns : PostgresColumns,
            row =>
            {
                if (!columns.TryGetValue(row.Text(0), out var ofTable))
                    columns[row.Text(0)] = ofTable = new(StringComparer.Ordinal);
                ofTable.Add(row.Text(1));
            },
            cancellationToken
        );
        return new(columns);
    }

    /// <summary>True if the table is there, whether or not the role may read it.</summary>
    public bool Has(string table) => columnsByTable.ContainsKey(table);

    /// <summary>True if the column is there.</summary>
    public bool Has(string table, string column) =>
        columnsByTable.TryGetValue(table, out var columns) && columns.Contains(column);

    /// <summary>The tables that are not there, and the columns that are missing from those that are.</summary>
    public IReadOnlyList<string> Missing(IReadOnlyList<RequiredTable> required) =>
        [
            .. required.SelectMany(table =>
                Has(table.Name)
                    ? table.Columns.Where(column => !Has(table.Name, column)).Select(column => $"{table.Name}.{column}")
                    : [table.Name]
            ),
        ];

    /// <summary>Refuses a database that lacks what the report cannot do without.</summary>
    /// <exception cref="SourceException">Names everything that is missing.</exception>
    public void Require(string database, IReadOnlyList<RequiredTable> required)
    {
        var missing = Missing(required);
        if (missing.Count > 0)
        {
            throw new SourceException(
                $"The {database} database lacks, or the role may not read: {string.Join(", ", missing)}. "
                    + "Check that the connection names the right database and that the role has SELECT on these tables."
            );
        }
    }

    /// <summary>
    /// Refuses a platform that has some of the Stripe tables but not all: without them limits would vanish.
    /// </summary>
    /// <exception cref="SourceException">Names the missing ones.</exception>
    public void RequireStripeWholeOrNone()
    {
        var missing = StripeTables.Where(table => !Has(table)).ToList();
        if (missing.Count > 0 && missing.Count < StripeTables.Count)
        {
            throw new SourceException(
                $"The platform database has Stripe tables but lacks {string.Join(", ", missing)}: limits would be wrong. "
                    + "Set Stripe:Enabled=false and Reports:WithoutStripe=true to report without Stripe."
            );
        }
    }

    /// <summary>What the report lacks on this platform; one line each.</summary>
    public IReadOnlyList<string> Notes()
    {
        List<string> notes =
        [
            .. Optional
                .Where(o => !Has(o.Table) && (HasStripe || !o.Table.Contains("stripe", StringComparison.Ordinal)))
                .Select(o => $"There is no table {o.Table}: {o.Lack}."),
        ];
        if (Has("trackers_nlpusagecounter"))
        {
            notes.AddRange(
                Metric
                    .LanguageServices.Where(metric => !Has("trackers_nlpusagecounter", metric.SourceColumn!))
                    .Select(metric =>
                        $"trackers_nlpusagecounter has no {metric.SourceColumn}: usage of {metric.Key} is 0."
                    )
            );
        }

        if (!HasStripe)
            notes.Add("There are no Stripe tables: no subscriptions, no limits, calendar months.");
        return notes;
    }
}

/// <summary>A table that the report cannot do without.</summary>
public sealed record RequiredTable(string Name, IReadOnlyList<string> Columns);
