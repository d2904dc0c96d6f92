using UserReports.Feed.Replication.Servers;
using UserReports.Sources.Schema;

namespace UserReports.Feed.Replication.Publications;

/// <summary>SQL for the operator: makes what a feed needs, and takes it away again without a trace.</summary>
/// <param name="version">The server's major version: column lists are known since 15.</param>
/// <param name="wholeRows">True for whole rows of every table.</param>
internal sealed class PublicationSql(
    ReplicationSettings settings,
    IReadOnlyList<FollowedTable> tables,
    int version,
    bool wholeRows
)
{
    private const int ColumnListsSince = 15;

    /// <summary>Makes the publications.</summary>
    public IEnumerable<string> Create()
    {
        foreach (var publication in settings.Publications)
        {
            var of = Of(publication);
            if (of.Count == 0)
                continue;
            var operations =
                publication == settings.Publication ? "insert, update, delete, truncate" : "insert, update, truncate";
            yield return $"""
                create publication {publication} for table
                    {string.Join(",\n    ", of.Select(table => Name(table) + ColumnsOf(table)))}
                    with (publish = '{operations}');
                """;
        }
    }

    /// <summary>Lets the role read the columns that the feed asks for, and no others.</summary>
    public IEnumerable<string> Grant(string role) =>
        tables
            .GroupBy(table => table.Schema, StringComparer.Ordinal)
            .SelectMany(schema =>
                (string[])
                    [
                        $"grant usage on schema {Quoted(schema.Key)} to {Quoted(role)};",
                        .. schema.Select(table =>
                            $"grant select ({string.Join(", ", AskedOf(tables, table).Select(Quoted))}) on {Name(table)} to {Quoted(role)};"
                        ),
                    ]
            );

    /// <summary>Takes all of it away.</summary>
    public IEnumerable<string> Remove(string role) =>
        [
            $"select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '{settings.Slot}';",
            .. settings
                .Publications.Where(publication => Of(publication).Count > 0)
                .Select(publication => $"drop publication if exists {publication};"),
            $"drop owned by {Quoted(role)};",
        ];

    /// <summary>
    /// Columns that stand in a list, whose type the platform cannot alter while they do; as <c>table.column</c>.
    /// </summary>
    public IReadOnlyList<string> Pinned() =>
        [
            .. tables
                .Where(table => ColumnsOf(table).Length > 0)
                .SelectMany(table => table.Needed.Select(column => $"{table.Name}.{column}")),
        ];

    private List<FollowedTable> Of(string publication) =>
        [
            .. tables.Where(table =>
                table.HasIdentity
                && table.Touch.Deletion == DeletedRow.Unpublished == (publication == settings.KeptPublication)
            ),
        ];

    /// <summary>
    /// A list where rows hold what must not travel. Nowhere else, for it has a price: the types of listed columns
    /// cannot be altered, and not where deletions carry whole rows, which a list may not cut.
    /// </summary>
    private string ColumnsOf(FollowedTable table) =>
        wholeRows || version < ColumnListsSince || !table.Touch.IsPrivate || table.Identity == 'f'
            ? ""
            : $" ({string.Join(", ", table.Needed.Select(Quoted))})";

    /// <summary>The key, whom rows touch, and the columns by which tables are joined on the way.</summary>
    internal static IEnumerable<string> AskedOf(IReadOnlyList<FollowedTable> tables, FollowedTable table)
    {
        HashSet<string> asked =
        [
            .. table.Needed,
            // What refers to a row does so by either of them.
            "id",
            "djstripe_id",
            .. tables.SelectMany(ColumnsOnTheWay).Where(on => on.Table == table.Name).Select(on => on.Column),
        ];
        return table.Columns.Where(asked.Contains);
    }

    private static IEnumerable<(string Table, string Column)> ColumnsOnTheWay(FollowedTable from)
    {
        var table = from.Name;
        foreach (var step in from.Touch.Way)
        {
            yield return (step.IsBack ? step.Table : table, step.Column);
            table = step.Table;
        }

        if (from.Touch.Target is { } target)
            yield return (table, target);
    }

    private static string Name(FollowedTable table) => $"{Quoted(table.Schema)}.{Quoted(table.Name)}";

    private static string Quoted(string name) =>
        name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_') && !char.IsAsciiDigit(name[0])
            ? name
            : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
