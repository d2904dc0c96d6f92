using System.Globalization;
using System.Text.RegularExpressions;
using UserReports.Feed.Replication;
using UserReports.Store;
using static UserReports.Server.Configuration.SettingKinds;

namespace UserReports.Server.Configuration;

/// <summary>The settings of following by logical replication.</summary>
public static partial class FeedSettings
{
    /// <summary>A twentieth of the accounts, but not so few that a small platform has a run for every change.</summary>
    private const int NamedMin = 1_000;
    private const int NamedShare = 20;

    /// <summary>The platform database's feed.</summary>
    public static readonly Setting<string> Platform = OptionalSource(
        "Sources:PlatformFeed",
        "The platform database itself, not a pooler and not a replica, for a role with REPLICATION; `user-reports check --feed` prints what it "
            + "needs. Nothing to have it polled."
    );

    /// <summary>The usage database's feed.</summary>
    public static readonly Setting<string> Usage = OptionalSource(
        "Sources:UsageFeed",
        "The usage database itself, likewise."
    );

    /// <summary>What publications and slots are called.</summary>
    public static readonly Setting<string> Name = new(
        "Refresh:FeedName",
        ReplicationSettings.UsualPublication,
        "small letters, digits and underlines, 40 at the most",
        "The publications NAME and NAME_kept, and the slots NAME_platform and NAME_usage: another one for each installation that follows the "
            + "same server.",
        text => NameOfFeed().IsMatch(text) ? text : null
    );

    /// <summary>What a slot may hold back.</summary>
    public static readonly Setting<long?> RetainedMax = new(
        "Refresh:FeedRetainedMax",
        "1GB",
        "a size from 16MB to 1024GB, such as 512MB or 4GB",
        "How much of the source's write-ahead log a slot may hold back before the service drops it, polls, and starts a run. Must be given on "
            + "purpose where the server has no bound of its own (max_slot_wal_keep_size = -1).",
        ReadSize
    );

    /// <summary>Those of slots, in the order of docs/settings.md.</summary>
    internal static readonly IReadOnlyList<Setting> Slots = [RetainedMax, Name];

    /// <summary>The feeds that are wanted, by database.</summary>
    /// <param name="store">How many accounts there are decides how many are named at once; null before it is known.
    /// </param>
    internal static IReadOnlyDictionary<string, ReplicationSettings> Of(ServerSettings settings, IReportStore? store) =>
        ((IReadOnlyList<(string Database, Setting<string> Setting)>)[("platform", Platform), ("usage", Usage)])
            .Where(feed => settings.Of(feed.Setting).Length > 0)
            .ToDictionary(
                feed => feed.Database,
                feed => Of(settings, feed.Database, settings.Of(feed.Setting), store),
                StringComparer.Ordinal
            );

    /// <summary>The same for one database, and whatever connection.</summary>
    internal static ReplicationSettings Of(
        ServerSettings settings,
        string database,
        string connection,
        IReportStore? store = null
    ) =>
        new(database, connection)
        {
            Publication = settings.Of(Name),
            Slot = $"{settings.Of(Name)}_{database}",
            RetainedMax = settings.IsGiven(RetainedMax) ? settings.Of(RetainedMax) : null,
            NamedMax = () => (int)Math.Max(NamedMin, (store?.Reader.Snapshot?.Rows ?? 0) / NamedShare),
            Stripe = settings.Of(LimitSettings.Stripe),
            StatementTimeout = settings.Of(SettingsTable.StatementTimeout),
        };

    private static Setting<string> OptionalSource(string name, string description) =>
        Source(name, description) with
        {
            Default = "",
            IsRequired = false,
            Valid =
                "a connection string of PostgreSQL such as Host=db;Database=kpi;Username=reports_feed;Password=…;SSL Mode=VerifyFull, or nothing",
            Read = text => text.Length == 0 || HostOf(text) is { Length: > 0 } ? text : null,
        };

    private static long? ReadSize(string text)
    {
        if (SizeText().Match(text) is not { Success: true } match)
            return null;
        var megabytes =
            long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            * (match.Groups[2].Value == "GB" ? 1024 : 1);
        return megabytes is >= 16 and <= 1024 * 1024 ? megabytes << 20 : null;
    }

    [GeneratedRegex("^([0-9]{1,7})(MB|GB)$")]
    private static partial Regex SizeText();

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,39}$")]
    private static partial Regex NameOfFeed();
}
