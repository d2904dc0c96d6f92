using UserReports.Core.Reports;
using UserReports.Sources.Connections;

namespace UserReports.Sources.Schema;

/// <summary>Which tables and columns a source database has, and of which types they are; read once.</summary>
public sealed class SourceCatalogue
{
    private const string EmbeddedColumns =
        "select table_name, column_name, data_type, data_type from information_schema.columns where table_schema = 'main'";

    /// <summary>
    /// Not from information_schema, which hides what the role may not read: a table that is there and refused must be
    /// an error, never taken for one that the platform lacks (then nobody would have a second factor, or a limit). A
    /// domain is what it is made of, be it another domain.
    /// </summary>
    private const string PostgresColumns = """
        select c.relname, a.attname, coalesce(b2.typname, b.typname, t.typname), format_type(a.atttypid, a.atttypmod)
        from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
            left join pg_type b on b.oid = t.typbasetype left join pg_type b2 on b2.oid = b.typbasetype
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
            and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
            and pg_table_is_visible(c.oid)
        """;

    private readonly Dictionary<string, Dictionary<string, SourceColumn>> columnsByTable;

    private SourceCatalogue(Dictionary<string, Dictionary<string, SourceColumn>> columnsByTable) =>
        this.columnsByTable = columnsByTable;

    /// <summary>True if every table that subscriptions need is there.</summary>
    public bool HasStripe => SourceTables.Stripe.All(table => Has(table.Name));

    /// <summary>
    /// True if a table of its own says which tax rates a subscription has; else <c>stripe_data</c> does.
    /// </summary>
    public bool LinksTaxRates => Has("djstripe_taxrate") && Has("djstripe_djstripesubscriptiondefaulttaxrate");

    /// <summary>Reads the catalogue of the database.</summary>
    public static async Task<SourceCatalogue> ReadAsync(SourceSession session, CancellationToken cancellationToken)
    {
        var columns = new Dictionary<string, Dictionary<string, SourceColumn>>(StringComparer.Ordinal);
        await session.ReadAsync(
            session.IsEmbedded ? EmbeddedColumns : PostgresColumns,
            row =>
            {
                if (!columns.TryGetValue(row.Text(0), out var ofTable))
                    columns[row.Text(0)] = ofTable = new(StringComparer.Ordinal);
                ofTable[row.Text(1)] = new(SourceColumn.TypeOf(row.Text(2)), row.Text(3));
            },
            cancellationToken
        );
        return new(columns);
    }

    /// <summary>True if the table is there, whether or not the role may read it.</summary>
    public bool Has(string table) => columnsByTable.ContainsKey(table);

    /// <summary>True if the column is there, whatever its type.</summary>
    public bool Has(string table, string column) => Find(table, column) is not null;

    /// <summary>The column, or null.</summary>
    public SourceColumn? Find(string table, string column) =>
        columnsByTable.TryGetValue(table, out var columns) ? columns.GetValueOrDefault(column) : null;

    /// <summary>True if the table is there with each of these columns, of types that can be read.</summary>
    public bool CanRead(SourceTable table) =>
        table.Columns.All(column => Find(table.Name, column.Name)?.CanBeReadAs(column.Kind) ?? false);

    /// <summary>True if the optional table can be read.</summary>
    /// <param name="table">One of <see cref="SourceTables.Optional"/>.</param>
    public bool CanRead(string table) =>
        CanRead(SourceTables.Optional.First(optional => optional.Table.Name == table).Table);

    /// <summary>True if what each account used of the metric can be read.</summary>
    public bool CanRead(Metric metric) =>
        Find(SourceTables.LanguageServices.Name, metric.SourceColumn!)?.CanBeReadAs(ValueKind.Counter) ?? false;

    /// <summary>The tables that are not there, and the columns that are missing from those that are.</summary>
    public IReadOnlyList<string> Missing(IReadOnlyList<SourceTable> required) =>
        [
            .. required.SelectMany(table =>
                Has(table.Name)
                    ? table
                        .Columns.Where(column => !Has(table.Name, column.Name))
                        .Select(column => $"{table.Name}.{column.Name}")
                    : [table.Name]
            ),
        ];

    /// <summary>The columns that are there, but of a type that cannot be read; a clause for each.</summary>
    public IReadOnlyList<string> Unreadable(IReadOnlyList<SourceTable> tables) =>
        [
            .. tables.SelectMany(table =>
                table
                    .Columns.Where(column => Find(table.Name, column.Name)?.CanBeReadAs(column.Kind) is false)
                    .Select(column =>
                        $"{table.Name}.{column.Name} is {Find(table.Name, column.Name)!.TypeName}, which cannot be read as "
                        + SourceColumn.Words(column.Kind)
                    )
            ),
        ];

    /// <summary>Refuses a database that lacks what the report cannot do without.</summary>
    /// <exception cref="SourceException">Names everything that is missing, or that cannot be read.</exception>
    public void Require(string database, IReadOnlyList<SourceTable> required)
    {
        var missing = Missing(required);
        if (missing.Count > 0)
        {
            throw new SourceException(
                $"The {database} database lacks, or the role may not read: {string.Join(", ", missing)}. "
                    + "Check that the connection names the right database and that the role has SELECT on these tables."
            );
        }

        var unreadable = Unreadable(required);
        if (unreadable.Count > 0)
            throw new SourceException($"The {database} database: {string.Join("; ", unreadable)}.");
    }

    /// <summary>
    /// Refuses a platform that has some of the Stripe tables but not all: without them limits would vanish.
    /// </summary>
    /// <exception cref="SourceException">Names the missing ones.</exception>
    public void RequireStripeWholeOrNone()
    {
        if (!SourceTables.Stripe.Any(table => Has(table.Name)))
            return;
        const string Remedy =
            "limits would be wrong. Set Stripe:Enabled=false and Reports:WithoutStripe=true to report without Stripe.";
        var missing = Missing(SourceTables.Stripe);
        if (missing.Count > 0)
        {
            throw new SourceException(
                $"The platform database has Stripe tables but lacks {string.Join(", ", missing)}: {Remedy}"
            );
        }

        var unreadable = Unreadable(SourceTables.Stripe);
        if (unreadable.Count > 0)
            throw new SourceException($"The platform database: {string.Join("; ", unreadable)}: {Remedy}");
    }

    /// <summary>What the report lacks on this platform; one line each.</summary>
    public IReadOnlyList<string> Notes()
    {
        List<string> notes =
        [
            .. SourceTables
                .Optional.Where(o => HasStripe || !o.Table.Name.Contains("stripe", StringComparison.Ordinal))
                .SelectMany(o => WhyNot(o.Table).Select(reason => $"{reason}: {o.Lack}.")),
        ];
        if (HasStripe && !LinksTaxRates && !Has("djstripe_subscription", "stripe_data"))
            notes.Add($"There is no table {TaxRateTable()}: default_tax_rates are empty.");
        if (CanRead(SourceTables.LanguageServices.Name))
        {
            notes.AddRange(
                Metric
                    .LanguageServices.Where(metric => !CanRead(metric))
                    .Select(metric =>
                        $"{WhyNot(SourceTables.LanguageServices.Only(metric.SourceColumn!)).First()}: "
                        + $"usage of {metric.Key} is 0."
                    )
            );
        }

        if (HasStripe)
            notes.AddRange(SourceTables.StripeDetails.SelectMany(NotesOfStripe));
        else
            notes.Add("There are no Stripe tables: no subscriptions, no limits, calendar months.");
        return notes;
    }

    private string TaxRateTable() =>
        Has("djstripe_taxrate") ? "djstripe_djstripesubscriptiondefaulttaxrate" : "djstripe_taxrate";

    private IEnumerable<string> NotesOfStripe(SourceTable table)
    {
        if (!Has(table.Name))
            yield break;
        foreach (var unreadable in Unreadable([table]))
            yield return $"{unreadable}: it counts as absent.";
        if (Has(table.Name, "stripe_data"))
        {
            foreach (var unreadable in Unreadable([SourceTable.Of(table.Name, "stripe_data:json")]))
                yield return $"{unreadable}: it counts as absent.";
            yield break;
        }

        var missing = table
            .Columns.Where(column => !Has(table.Name, column.Name))
            .Select(column => column.Name)
            .ToList();
        if (missing.Count > 0)
            yield return $"{table.Name} has neither stripe_data nor {string.Join(", ", missing)}: they count as absent.";
    }

    /// <summary>Why an optional table cannot be read: it is missing, or some of its columns are no use.</summary>
    private IEnumerable<string> WhyNot(SourceTable table)
    {
        if (!Has(table.Name))
            return [$"There is no table {table.Name}"];
        var missing = table
            .Columns.Where(column => !Has(table.Name, column.Name))
            .Select(column => column.Name)
            .ToList();
        return missing.Count > 0 ? [$"{table.Name} has no {string.Join(", ", missing)}"] : Unreadable([table]);
    }
}
