using UserReports.Sources.Connections;
using UserReports.Sources.Identities;
using UserReports.Sources.Load;
using UserReports.Sources.Stripe;

namespace UserReports.Sources.Schema;

/// <summary>Looks at a source as an operator would: is all there, and may the role do no more than read?</summary>
public sealed class SourceExamination
{
    private const int NamedAtMost = 5;

    /// <summary>What signing in reads besides, and what belongs to the tables of <see cref="SourceCatalogue"/>.</summary>
    private static readonly string[] FurtherTables =
    [
        "authtoken_token",
        "mfa_authenticator",
        "djstripe_charge",
        "djstripe_taxrate",
        "djstripe_djstripesubscriptiondefaulttaxrate",
    ];

    private readonly SourceSession session;
    private readonly ConnectionProtection? protection;
    private readonly List<SourceFinding> findings = [];

    private SourceExamination(SourceSession session, ConnectionProtection? protection) =>
        (this.session, this.protection) = (session, protection);

    /// <summary>Looks at the database within one session and changes nothing.</summary>
    /// <param name="isPlatform">False for the usage database.</param>
    /// <returns>Findings in a fixed order; after one that failed there are no more if nothing can be seen.</returns>
    public static async Task<IReadOnlyList<SourceFinding>> RunAsync(
        SourceDatabase database,
        bool isPlatform,
        StripeUse stripe,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var findings = await database.ReadAsync(
                SourceWork.Inspection,
                async session =>
                {
                    var examination = new SourceExamination(session, database.Protection);
                    await examination.RunAsync(isPlatform, stripe, cancellationToken);
                    return examination.findings;
                },
                cancellationToken
            );
            return database.IsEmbedded
                ? findings
                : [.. findings, .. await new PoolerCheck(database).RunAsync(cancellationToken)];
        }
        catch (SourceException e)
        {
            return [new(FindingKind.Failure, "connection", e.Message)];
        }
    }

    private async Task RunAsync(bool isPlatform, StripeUse stripe, CancellationToken cancellationToken)
    {
        var isReplica = false;
        if (session.IsEmbedded)
            Add(FindingKind.Good, "connection", "an embedded database");
        else
            isReplica = await ConnectionExamination.RunAsync(session, protection!, findings.Add, cancellationToken);

        var catalogue = await SourceCatalogue.ReadAsync(session, cancellationToken);
        Tables(catalogue, isPlatform, stripe);
        if (session.IsEmbedded)
        {
            await StripeAsync(catalogue, isPlatform, stripe, cancellationToken);
            return;
        }

        await RightsAsync(isPlatform, cancellationToken);
        await StripeAsync(catalogue, isPlatform, stripe, cancellationToken);
        if (isPlatform && (await AccessTokenTable.ReadAsync(session, cancellationToken)).Lack is { } lack)
            Add(FindingKind.Warning, "rights", lack);
        await WritingAsync(isReplica, cancellationToken);
    }

    private void Tables(SourceCatalogue catalogue, bool isPlatform, StripeUse stripe)
    {
        var required = isPlatform ? SourceTables.Platform : SourceTables.Usage;
        var missing = catalogue.Missing(required);
        if (missing.Count > 0)
        {
            Add(
                FindingKind.Failure,
                "tables",
                $"lacks {string.Join(", ", missing)}. Check that the connection names the right database, and that the "
                    + "role has USAGE on its schema."
            );
            return;
        }

        var unreadable = catalogue.Unreadable(required);
        if (unreadable.Count > 0)
        {
            Add(FindingKind.Failure, "tables", $"{string.Join("; ", unreadable)}.");
            return;
        }

        if (isPlatform && stripe != StripeUse.Off)
        {
            try
            {
                catalogue.RequireStripeWholeOrNone();
            }
            catch (SourceException e)
            {
                Add(FindingKind.Failure, "tables", e.Message);
                return;
            }
        }

        Add(FindingKind.Good, "tables", "every table and column that reports need");
        foreach (var note in (isPlatform ? catalogue.Notes() : []).Concat(catalogue.NotesOfColumns()))
            Add(FindingKind.Warning, "tables", note);
    }

    /// <summary>Says nothing where something failed already, which is to be mended first.</summary>
    private async Task StripeAsync(
        SourceCatalogue catalogue,
        bool isPlatform,
        StripeUse stripe,
        CancellationToken cancellationToken
    )
    {
        if (!isPlatform || findings.Any(finding => finding.Kind == FindingKind.Failure))
            return;
        const string Without = "reports have calendar months, and the limits of Limits:File.";
        if (stripe == StripeUse.Off)
            Add(FindingKind.Good, "stripe", $"off (Stripe:Enabled=false): {Without}");
        else if (!catalogue.HasStripe)
            Add(FindingKind.Good, "stripe", $"not there: {Without}");
        else if (stripe == StripeUse.Auto && !await StripePresence.ReadAsync(session, cancellationToken))
            Add(FindingKind.Good, "stripe", $"found off, for it has neither a product nor a customer: {Without}");
        else
            Add(FindingKind.Good, "stripe", "on: plans and limits are Stripe's.");
    }

    private async Task RightsAsync(bool isPlatform, CancellationToken cancellationToken)
    {
        var required = (isPlatform ? SourceTables.Platform : SourceTables.Usage).ToDictionary(
            table => table.Name,
            table => table.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal
        );
        List<string> names = isPlatform
            ?
            [
                .. required.Keys,
                .. SourceTables.Optional.Select(optional => optional.Table.Name),
                .. SourceTables.Stripe.Select(table => table.Name),
                .. FurtherTables,
            ]
            : [.. required.Keys];
        List<(string Table, string Column, bool IsReadable, bool HidesRows)> columns = [];
        await session.ReadAsync(
            """
            select c.relname, a.attname, has_column_privilege(c.oid, a.attnum, 'SELECT'), row_security_active(c.oid)
            from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relname = any($1) and c.relkind in ('r', 'p', 'v', 'm', 'f') and pg_table_is_visible(c.oid)
                and a.attnum > 0 and not a.attisdropped
            order by 1, 2
            """,
            row => columns.Add((row.Text(0), row.Text(1), row.Flag(2), row.Flag(3))),
            cancellationToken,
            session.List(names)
        );
        var refused = columns
            .GroupBy(column => column.Table)
            .SelectMany(table =>
                table.All(column => !column.IsReadable)
                    ? [table.Key]
                    : table
                        .Where(column =>
                            !column.IsReadable
                            && required.TryGetValue(table.Key, out var needed)
                            && needed.Contains(column.Column)
                        )
                        .Select(column => $"{table.Key}.{column.Column}")
            )
            .ToList();
        var hiding = columns.Where(column => column.HidesRows).Select(column => column.Table).Distinct().ToList();
        if (refused.Count > 0)
        {
            Add(FindingKind.Failure, "rights", $"may not read {Some(refused)}. Grant SELECT on them to the role.");
        }

        if (hiding.Count > 0)
        {
            Add(
                FindingKind.Failure,
                "rights",
                $"row security hides rows of {Some(hiding)}, so that reports would lack accounts. Give the role a policy "
                    + "that shows all of them."
            );
        }

        if (refused.Count == 0 && hiding.Count == 0)
            Add(FindingKind.Good, "rights", "may read all of them");
    }

    private async Task WritingAsync(bool isReplica, CancellationToken cancellationToken)
    {
        if (isReplica)
        {
            Add(FindingKind.Good, "writing", "impossible on a replica");
            return;
        }

        var isSuperuser = false;
        var mayCreate = false;
        await session.ReadAsync(
            """
            select (select rolsuper from pg_roles where rolname = current_user),
                exists (
                    select from pg_namespace
                    where nspname !~ '^pg_' and nspname <> 'information_schema' and has_schema_privilege(oid, 'CREATE')
                )
            """,
            row => (isSuperuser, mayCreate) = (row.Flag(0), row.Flag(1)),
            cancellationToken
        );
        if (isSuperuser)
        {
            Add(FindingKind.Failure, "writing", "the role is a superuser. Use one that can only SELECT.");
            return;
        }

        List<string> writable = [];
        await session.ReadAsync(
            """
            select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                and (
                    has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
                    or has_any_column_privilege(c.oid, 'INSERT, UPDATE')
                )
            order by 1
            """,
            row => writable.Add(row.Text(0)),
            cancellationToken
        );
        if (writable.Count > 0)
        {
            Add(FindingKind.Failure, "writing", $"the role may change {Some(writable)}. Use one that can only SELECT.");
        }
        else if (mayCreate)
        {
            Add(
                FindingKind.Warning,
                "writing",
                "the role may change nothing that is there, but make tables of its own: revoke create on schema public "
                    + "from public."
            );
        }
        else
        {
            Add(FindingKind.Good, "writing", "the role may change nothing");
        }
    }

    private void Add(FindingKind kind, string subject, string message) => findings.Add(new(kind, subject, message));

    private static string Some(List<string> names) =>
        string.Join(", ", names.Take(NamedAtMost))
        + (names.Count > NamedAtMost ? $" and {names.Count - NamedAtMost} more" : "");
}
