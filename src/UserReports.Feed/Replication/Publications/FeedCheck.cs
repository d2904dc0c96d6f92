using System.Globalization;
using Npgsql.Replication;
using UserReports.Feed.Replication.Servers;
using UserReports.Sources;

namespace UserReports.Feed.Replication.Publications;

/// <summary>Looks whether a database can be followed by logical replication, and changes nothing.</summary>
public sealed class FeedCheck
{
    private const int NamedAtMost = 5;

    /// <summary>Logical decoding on a standby is known since then.</summary>
    private const int StandbySince = 16;

    private readonly ReplicationSettings settings;
    private readonly ReplicationServer server;
    private readonly List<SourceFinding> findings = [];

    private FeedCheck(ReplicationSettings settings, ReplicationServer server) =>
        (this.settings, this.server) = (settings, server);

    /// <summary>Everything that stands in the way, and what is worth knowing.</summary>
    /// <returns>The database can be followed if none of them is a failure.</returns>
    public static async Task<IReadOnlyList<SourceFinding>> FindAsync(
        ReplicationSettings settings,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var server = new ReplicationServer(settings);
            var check = new FeedCheck(settings, server);
            await check.RunAsync(cancellationToken);
            return check.findings;
        }
        catch (SourceException e)
        {
            return [new(FindingKind.Failure, "connection", e.Message)];
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await server.HasPoolerAsync(cancellationToken))
        {
            Fail(
                "connection",
                "a pooler stands between, and replication needs the server itself: name its own host and port."
            );
            return;
        }

        await ServerAsync(cancellationToken);
        await RoleAsync(cancellationToken);
        if (!findings.Any(finding => finding.Kind == FindingKind.Failure))
            await StreamAsync(cancellationToken);
        var tables = await server.TablesAsync(cancellationToken);
        await RightsAsync(tables, cancellationToken);
        await PublicationsAsync(tables, cancellationToken);
        await SlotAsync(tables, cancellationToken);
        await BoundAsync(cancellationToken);
    }

    private async Task ServerAsync(CancellationToken cancellationToken)
    {
        var row = await server.RowAsync(
            """
            select current_setting('server_version'), pg_is_in_recovery()::text, current_setting('wal_level'),
                current_setting('hot_standby_feedback'), current_setting('max_replication_slots'),
                (select count(*) from pg_replication_slots where slot_name <> $1)::text,
                current_setting('max_wal_senders'), (select count(*) from pg_stat_replication)::text
            """,
            cancellationToken,
            settings.Slot
        );
        var isStandby = row[1] == "true";
        Good("connection", $"PostgreSQL {row[0]!.Split(' ')[0]}, {(isStandby ? "a standby" : "a primary")}");
        if (isStandby && server.Version < StandbySince)
            Fail("server", "a standby can be followed since PostgreSQL 16: name the primary.");
        else if (isStandby && row[3] != "on")
            Fail(
                "server",
                "a standby can be followed only with hot_standby_feedback = on, or its slot is soon invalid."
            );
        if (row[2] != "logical")
            Fail("server", $"wal_level is {row[2]}. Set wal_level = logical, and restart the server.");
        if (Number(row[5]) >= Number(row[4]))
            Fail("server", $"all {row[4]} slots are taken. Raise max_replication_slots, and restart the server.");
        if (Number(row[7]) >= Number(row[6]))
            Warn(
                "server",
                $"all {row[6]} places for receivers are taken. Raise max_wal_senders, and restart the server."
            );
    }

    private async Task RoleAsync(CancellationToken cancellationToken)
    {
        var row = await server.RowAsync(
            "select rolname::text, rolsuper::text, rolreplication::text from pg_roles where rolname = current_user",
            cancellationToken
        );
        if (row[1] == "true")
            Warn("role", $"{row[0]} is a superuser. Use a role that has REPLICATION and SELECT alone.");
        else if (row[2] != "true")
            Fail("role", $"{row[0]} may not replicate: alter role {row[0]} replication.");
        else
            Good("role", $"{row[0]} may replicate");
    }

    /// <summary>Opens a connection for replication: pg_hba.conf may refuse it.</summary>
    private async Task StreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new LogicalReplicationConnection(server.ConnectionString);
            await connection.Open(cancellationToken);
            await connection.IdentifySystem(cancellationToken);
        }
        catch (Exception e) when (ReplicationFaults.IsOfTheServer(e))
        {
            Fail("connection", $"refused for replication: {e.Message.Split('\n')[0]}");
        }
    }

    private async Task RightsAsync(IReadOnlyList<FollowedTable> tables, CancellationToken cancellationToken)
    {
        var asked = tables
            .SelectMany(table => PublicationSql.AskedOf(tables, table).Select(column => $"{table.Number}.{column}"))
            .ToArray();
        var refused = await server.RowAsync(
            """
            select string_agg(distinct c.relname, ', ') from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.oid::text || '.' || a.attname = any($1) and a.attnum > 0
                and not has_column_privilege(c.oid, a.attnum, 'SELECT')
            """,
            cancellationToken,
            (object)asked
        );
        if (refused[0] is { } names)
            Fail("rights", $"may not read the keys of {names}. Grant what is printed below.");
        else
            Good("rights", "may read the keys that it asks for");
    }

    private async Task PublicationsAsync(IReadOnlyList<FollowedTable> tables, CancellationToken cancellationToken)
    {
        var published = await server.PublishedAsync(cancellationToken);
        var before = findings.Count;
        foreach (var table in tables.Where(table => table.Kind != 'r'))
            Fail("tables", $"{table.Name} is in partitions, which a feed does not follow.");
        if (tables.Where(table => !table.HasIdentity).Select(table => table.Name).ToList() is [_, ..] keyless)
        {
            Fail(
                "tables",
                $"{Some(keyless)} has no primary key: published, it could not be updated by the platform any more."
            );
        }

        if (PublicationCheck.Breaks(tables, published) is [_, ..] breaks)
            Fail(
                "publication",
                $"the platform cannot update tables: {Some(breaks)}. Drop it now, and make the one below."
            );
        if (PublicationCheck.Lacks(tables, published, settings.Publications) is [_, ..] lacks)
            Fail("publication", $"{Some(lacks)}. Make what is printed below.");
        if (findings.Count == before)
            Good("publication", "tells all that is needed");
        foreach (var surplus in PublicationCheck.Surplus(tables, published).Take(NamedAtMost))
            Warn("publication", $"{surplus}.");
    }

    private async Task SlotAsync(IReadOnlyList<FollowedTable> tables, CancellationToken cancellationToken)
    {
        var look = await server.LookAsync(tables, cancellationToken);
        var name = $"the slot {settings.Slot}";
        switch (look.Slot)
        {
            case null:
                Good("slot", $"{name} is not there yet; the service makes it");
                break;
            case { Plugin: not "pgoutput" } slot:
                Fail("slot", $"{name} is somebody else's, for its plugin is {slot.Plugin}: set Refresh:FeedName.");
                break;
            case { IsLost: true }:
                Warn("slot", $"{name} was invalidated by the server; the service makes another one");
                break;
            case { ActiveBy: { } process } slot:
                Good("slot", $"{name} is read by process {process}, and holds back {Megabytes(slot.Retained)} MB");
                break;
            case var slot:
                Warn(
                    "slot",
                    $"{name} is there and nobody reads it; it holds back {Megabytes(slot.Retained)} MB. Unless the service is about to "
                        + $"start: select pg_drop_replication_slot('{settings.Slot}')."
                );
                break;
        }
    }

    private async Task BoundAsync(CancellationToken cancellationToken)
    {
        var bound = await FeedBeginning.ServerBoundAsync(server, cancellationToken);
        if (bound < 0 && settings.RetainedMax is null)
            Fail("bound", FeedBeginning.UnboundedWords(settings.Database));
        else if (bound < 0)
        {
            Warn(
                "bound",
                $"the service drops its slot at {Megabytes(settings.RetainedBytes)} MB; while it is stopped nothing does "
                    + "(max_slot_wal_keep_size = -1)."
            );
        }
        else
        {
            Good(
                "bound",
                $"the service drops its slot at {Megabytes(settings.RetainedBytes)} MB, the server at {bound} MB"
            );
        }
    }

    private void Good(string subject, string message) => findings.Add(new(FindingKind.Good, subject, message));

    private void Warn(string subject, string message) => findings.Add(new(FindingKind.Warning, subject, message));

    private void Fail(string subject, string message) => findings.Add(new(FindingKind.Failure, subject, message));

    private static int Number(string? text) => int.Parse(text!, CultureInfo.InvariantCulture);

    private static string Megabytes(long? bytes) =>
        bytes is { } known ? (known >> 20).ToString(CultureInfo.InvariantCulture) : "unknown";

    private static string Some(IReadOnlyList<string> names) =>
        string.Join("; ", names.Take(NamedAtMost))
        + (names.Count > NamedAtMost ? $"; and {names.Count - NamedAtMost} more" : "");
}
