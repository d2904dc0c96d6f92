using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Figures;
using UserReports.Server.Audit;
using UserReports.Server.Commands.Demo;
using UserReports.Server.Configuration;

namespace UserReports.Server.Commands.Answers;

/// <summary><c>audit</c></summary>
internal static class AuditCommand
{
    private static readonly Option<string?> Since = new("--since")
    {
        Description = "Only from this day or instant on (UTC).",
        HelpName = "2026-11-01",
    };

    private static readonly Option<string?> User = new("--user")
    {
        Description = "Only what this account did, by its name or id.",
        HelpName = "NAME",
    };

    private static readonly Option<long> Limit = GenerateCommand.Positive(
        new("--limit") { Description = "Records at the most, the newest.", DefaultValueFactory = _ => 100 }
    );

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "One JSON object per line, for programs.",
    };

    public static Command Create(Terminal terminal)
    {
        var command = new Command(
            "audit",
            "Show who read what, the newest first: from a running server, or from the log's folder beside one."
        )
        {
            Since,
            User,
            Limit,
            Json,
        };
        AnswerOptions.AddTo(command);
        return command
            .WithExample("user-reports audit --since 2026-11-01 --user admin")
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    var query = new AuditQuery(
                        ReadSince(parsed.GetValue(Since)),
                        null,
                        parsed.GetValue(User),
                        null,
                        (int)Math.Min(int.MaxValue, parsed.GetValue(Limit))
                    );
                    if (IsPartOfMany(parsed))
                        await terminal.Error.WriteLineAsync(
                            "Only what the node of this folder recorded; a server (--url) is asked for what all nodes did."
                        );
                    var records = await SearchAsync(parsed, query, token);
                    if (parsed.GetValue(Json))
                    {
                        foreach (var record in records)
                            await terminal.Out.WriteLineAsync(
                                JsonSerializer.Serialize(record, AuditJson.Default.AuditRecord)
                            );
                    }
                    else
                    {
                        LineColumns.Write(terminal, [.. records.Select(Parts)], _ => null);
                    }

                    return ExitCode.Done;
                }
            );
    }

    private static bool IsPartOfMany(ParseResult parsed) =>
        AnswerOptions.Server(parsed) is null
        && SettingKinds.HostOf(FollowingSettings.WorkspaceOf(AnswerOptions.Settings(parsed))) is not null;

    private static async Task<IReadOnlyList<AuditRecord>> SearchAsync(
        ParseResult parsed,
        AuditQuery query,
        CancellationToken cancellationToken
    )
    {
        if (AnswerOptions.Server(parsed) is { } server)
        {
            await using var answers = new ServerAnswers(server.Url, server.Token);
            return await answers.SearchAuditAsync(query, cancellationToken);
        }

        // The log is only ever appended to, so it can be read while a server writes it.
        using var log = new AuditLog(
            AuditSettings.Of(AnswerOptions.Settings(parsed)),
            TimeProvider.System,
            NullLogger<AuditLog>.Instance
        );
        return await log.SearchAsync(query, cancellationToken);
    }

    private static DateTimeOffset? ReadSince(string? text)
    {
        if (text is null)
            return null;
        return DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var since
        )
            ? since
            : throw new CommandException(
                $"--since is '{text}', but it must be a date or an instant.",
                ExitCode.WrongUsage
            );
    }

    private static string[] Parts(AuditRecord record) =>
        [
            $"{record.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z",
            record.Username ?? "-",
            record.Address ?? "-",
            record.Status.ToString(CultureInfo.InvariantCulture),
            Counted.Of(record.Rows, "row"),
            string.Join(
                "  ",
                new[] { record.Route, record.Event, record.Question, WithinOf(record), NodeOf(record) }.Where(part =>
                    part is { Length: > 0 }
                )
            ),
        ];

    private static string? NodeOf(AuditRecord record) =>
        record.Node is { } node && record.Event != AuditEvents.NodeMissing ? $"on {node}" : null;

    /// <summary>What else was read for the same act; null for nothing.</summary>
    private static string? WithinOf(AuditRecord record) =>
        record.Within is { } within ? $"with {string.Join("; ", within)}" : null;
}
