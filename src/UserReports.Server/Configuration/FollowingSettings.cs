using System.Data.Common;
using UserReports.Feed.Polling;
using UserReports.Refresh.Following;
using static UserReports.Server.Configuration.SettingKinds;

namespace UserReports.Server.Configuration;

/// <summary>The settings that say how sources are followed between runs.</summary>
public static class FollowingSettings
{
    /// <summary>What the parts take for themselves where nobody says otherwise.</summary>
    private static readonly PollSettings UsualPolling = new();

    /// <summary>How sources are followed.</summary>
    public static readonly Setting<FollowChoice?> Follow = new(
        "Refresh:Follow",
        "auto",
        "auto, feed, poll or off",
        "How changes are found between runs: feed by logical replication, poll by asking with SELECT alone; auto takes the feed where everything "
            + "for it is there, else polls.",
        text =>
            Enum.TryParse<FollowChoice>(text, ignoreCase: true, out var choice) && !int.TryParse(text, out _)
                ? choice
                : null
    );

    /// <summary>Time between two rounds of questions.</summary>
    public static readonly Setting<TimeSpan?> PollEvery = Duration(
        "Refresh:PollEvery",
        UsualPolling.Every,
        "00:00:01",
        "01:00:00",
        "Time between two rounds of questions where a source is polled; it is longer where they take the source too much time."
    );

    /// <summary>The database beside the store.</summary>
    public static readonly Setting<string> Workspace = new(
        "Workspace",
        "",
        "Data Source=FILE, a connection string of PostgreSQL such as Host=db;Database=user_reports;Username=user_reports;Password=…;SSL Mode=VerifyFull, "
            + "or nothing for workspace.db beside the store",
        "Where positions, dirty accounts and operators' own things are kept, the one thing to back up: an SQLite file, or a PostgreSQL database (14 or "
            + "later) of its own, which several nodes share.",
        text => text.Length == 0 || DataSourceOf(text) is not null || HostOf(text) is { Length: > 0 } ? text : null
    )
    {
        IsSecret = true,
    };

    /// <summary>Where the workspace is, as a connection string.</summary>
    internal static string WorkspaceOf(ServerSettings settings) =>
        settings.Of(Workspace) is { Length: > 0 } given
            ? given
            : new DbConnectionStringBuilder
            {
                ["Data Source"] = Path.Combine(settings.StoreFolder, "workspace.db"),
            }.ConnectionString;
}
