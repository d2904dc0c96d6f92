using System.Globalization;
using Npgsql.Replication;
using UserReports.Feed.Replication.Publications;
using UserReports.Feed.Replication.Servers;
using UserReports.Sources;

namespace UserReports.Feed.Replication;

/// <summary>Finds out whether a feed can go on from a position, or makes the slot for a new one.</summary>
internal sealed class FeedBeginning(FeedParts parts)
{
    private static readonly TimeSpan InUsePause = TimeSpan.FromMilliseconds(200);

    /// <summary>A process that was killed is noticed by its server within moments.</summary>
    private static readonly TimeSpan InUseMax = TimeSpan.FromSeconds(15);

    private ReplicationSettings Settings => parts.Settings;

    private ReplicationServer Server => parts.Server;

    /// <exception cref="FeedLostException">It cannot go on.</exception>
    /// <exception cref="SourceException">The database cannot be read, or the slot is in use.</exception>
    public async Task<FeedStart> FindAsync(
        string? position,
        LogicalReplicationConnection connection,
        CancellationToken cancellationToken
    )
    {
        var system = await connection.IdentifySystem(cancellationToken);
        var tables = await Server.TablesAsync(cancellationToken);
        var published = await Server.PublishedAsync(cancellationToken);
        parts.Watch.Begin(tables);
        if (PublicationCheck.Lacks(tables, published, Settings.Publications) is [_, ..] lacks)
        {
            throw new FeedLostException(
                $"The {Settings.Database} database cannot be followed: {string.Join("; ", lacks)}. "
                    + "`user-reports check --feed` prints how to mend it."
            );
        }

        await RequireBoundAsync(cancellationToken);
        var publications = published.Select(table => table.Publication).Distinct().ToList();
        var (from, look, reasons) = position is null
            ? await BeginAsync(system, tables, cancellationToken)
            : await GoOnAsync(FeedPosition.Parse(position), system, tables, cancellationToken);
        var isSame = reasons.Count == 0;
        return new(
            from,
            look.Time,
            tables,
            publications,
            reasons,
            new(isSame && look.Slot!.Confirmed < from.Last.End ? from.Last : default)
        );
    }

    private async Task RequireBoundAsync(CancellationToken cancellationToken)
    {
        if (Settings.RetainedMax is null && (await ServerBoundAsync(Server, cancellationToken)) < 0)
            throw new FeedLostException(UnboundedWords(Settings.Database));
    }

    /// <summary>What the server itself lets a slot hold back, in megabytes; negative without a bound.</summary>
    public static async Task<long> ServerBoundAsync(ReplicationServer server, CancellationToken cancellationToken) =>
        long.Parse(
            (
                await server.RowAsync(
                    "select setting from pg_settings where name = 'max_slot_wal_keep_size'",
                    cancellationToken
                )
            )[0]!,
            CultureInfo.InvariantCulture
        );

    public static string UnboundedWords(string database) =>
        $"The server of the {database} database sets no bound to what a slot may hold back (max_slot_wal_keep_size = -1): while this "
        + "service is stopped, its disk could fill. Set max_slot_wal_keep_size there, or Refresh:FeedRetainedMax here on purpose.";

    private async Task<(FeedPosition, ServerLook, IReadOnlyList<string>)> BeginAsync(
        ReplicationSystemIdentification system,
        IReadOnlyList<FollowedTable> tables,
        CancellationToken cancellationToken
    )
    {
        RequireOwn((await WaitUntilFreeAsync(tables, cancellationToken)).Slot);
        await Server.DropSlotAsync(cancellationToken);
        var began = await Server.LookAsync(tables, cancellationToken);
        await Server.CreateSlotAsync(cancellationToken);
        parts.Watch.Renew();
        foreach (var table in tables.Where(table => table.IsRemembered))
            await parts.Memory.FillAsync(table, cancellationToken);
        var look = await Server.LookAsync(tables, cancellationToken);
        var slot = look.Slot ?? throw Gone();
        return (
            new(system.SystemId, system.Timeline, Settings.Slot, slot.Confirmed, began.Time, default, look.Design),
            look,
            []
        );
    }

    private async Task<(FeedPosition, ServerLook, IReadOnlyList<string>)> GoOnAsync(
        FeedPosition position,
        ReplicationSystemIdentification system,
        IReadOnlyList<FollowedTable> tables,
        CancellationToken cancellationToken
    )
    {
        var database = $"The {Settings.Database} database";
        if (position.System != system.SystemId)
            throw new FeedLostException($"{database} is another cluster than the one that was followed.");
        if (position.Timeline != system.Timeline)
        {
            throw new FeedLostException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{database} is on timeline {system.Timeline}, not {position.Timeline}: a standby was promoted, or a backup restored."
                )
            );
        }

        if (position.Slot != Settings.Slot)
            throw new FeedLostException($"The slot has another name now: {Settings.Slot}, not {position.Slot}.");
        var look = await WaitUntilFreeAsync(tables, cancellationToken);
        var slot = look.Slot ?? throw Gone();
        if (slot.IsLost)
        {
            throw new FeedLostException(
                $"{database} has invalidated the slot {Settings.Slot}: it held back more than max_slot_wal_keep_size allows."
            );
        }

        RequireOwn(slot);
        if (slot.Confirmed > position.Lsn)
        {
            throw new FeedLostException(
                $"The slot {Settings.Slot} goes on from {FeedPosition.Of(slot.Confirmed)}, past {FeedPosition.Of(position.Lsn)}: it was made "
                    + "anew, or somebody else has read from it."
            );
        }

        if (look.Lsn < position.Lsn)
        {
            throw new FeedLostException(
                $"{database} was put back to an earlier state: its log ends before {FeedPosition.Of(position.Lsn)}."
            );
        }

        List<string> reasons = [];
        if (position.Design.Publications != look.Design.Publications)
            reasons.Add("the publication was altered");
        if (position.Design.Tables != look.Design.Tables)
            reasons.Add("columns of a followed table were altered");
        foreach (var table in tables)
        {
            if (
                table.IsRemembered && (reasons.Count > 0 || !await parts.Memory.IsFilledAsync(table, cancellationToken))
            )
                await parts.Memory.FillAsync(table, cancellationToken);
        }

        return (position with { Design = look.Design }, look, reasons);
    }

    private async Task<ServerLook> WaitUntilFreeAsync(
        IReadOnlyList<FollowedTable> tables,
        CancellationToken cancellationToken
    )
    {
        var since = parts.Time.GetTimestamp();
        while (true)
        {
            var look = await Server.LookAsync(tables, cancellationToken);
            if (look.Slot?.ActiveBy is not { } process)
                return look;
            if (parts.Time.GetElapsedTime(since) > InUseMax)
            {
                throw new SourceException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The slot {Settings.Slot} of the {Settings.Database} database is in use by its process {process}. Two installations "
                    ) + "need two names (Refresh:FeedName).",
                    isTransient: true
                );
            }

            await Task.Delay(InUsePause, parts.Time, cancellationToken);
        }
    }

    private void RequireOwn(SlotLook? slot)
    {
        if (slot is not (null or { Plugin: "pgoutput" }))
            throw new FeedLostException($"The slot {Settings.Slot} is not the service's: its plugin is {slot.Plugin}.");
    }

    private FeedLostException Gone() =>
        new($"The slot {Settings.Slot} of the {Settings.Database} database is gone: somebody has dropped it.");
}
