using UserReports.Feed.Replication.Publications;
using UserReports.Server.Configuration;
using UserReports.Sources;
using UserReports.Sources.Connections;

namespace UserReports.Server.Commands.Checks;

/// <summary>Whether the sources can be followed by logical replication, and what it takes.</summary>
internal static class FeedLines
{
    private static readonly (string Database, Setting<string> Source, Setting<string> Feed)[] Databases =
    [
        ("platform", SettingsTable.Platform, FeedSettings.Platform),
        ("usage", SettingsTable.Usage, FeedSettings.Usage),
    ];

    public static async Task<IReadOnlyList<CheckLine>> CheckAsync(
        ServerSettings settings,
        CancellationToken cancellationToken
    )
    {
        List<CheckLine> lines = [];
        foreach (var (database, _, feed) in Databases)
        {
            var where = $"{database} feed";
            if (settings.Of(feed).Length == 0)
            {
                lines.Add(new(CheckLine.Warning, where, "setting", $"{feed.Name} is not set: it is polled"));
                continue;
            }

            var findings = await FeedCheck.FindAsync(
                FeedSettings.Of(settings, database, settings.Of(feed)),
                cancellationToken
            );
            lines.AddRange(
                findings.Select(finding => new CheckLine(
                    CheckCommand.ResultOf(finding.Kind),
                    where,
                    finding.Subject,
                    finding.Message
                ))
            );
        }

        return lines;
    }

    /// <summary>The SQL to paste, for both databases as they are.</summary>
    public static async Task<string> SqlAsync(
        ServerSettings settings,
        bool wholeRows,
        CancellationToken cancellationToken
    )
    {
        var text = "";
        foreach (var (database, source, feed) in Databases)
        {
            var connection = settings.Of(feed) is { Length: > 0 } own ? own : settings.Of(source);
            text += "\n";
            if (SourceDatabase.EmbeddedPath(connection) is not null)
            {
                text += $"-- The {database} database is embedded, and followed by polling alone.\n";
                continue;
            }

            try
            {
                text += await FeedSql.WriteAsync(
                    FeedSettings.Of(settings, database, connection),
                    isFeedRole: settings.Of(feed).Length > 0,
                    wholeRows,
                    cancellationToken
                );
            }
            catch (SourceException e)
            {
                text += $"-- {e.Message}\n";
            }
        }

        return text;
    }
}
