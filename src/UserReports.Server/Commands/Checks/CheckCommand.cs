using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using UserReports.Core.Figures;
using UserReports.Server.Commands.Answers;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Sources;
using UserReports.Sources.Connections;
using UserReports.Sources.Schema;
using UserReports.Store;
using UserReports.Store.DuckDb;

namespace UserReports.Server.Commands.Checks;

/// <summary>One thing that was looked at.</summary>
/// <param name="Result">ok, warning or failure.</param>
/// <param name="Where">settings, platform, usage, limits, platform feed, usage feed, store, workspace,
/// nodes or files.</param>
internal sealed record CheckLine(string Result, string Where, string Subject, string Message)
{
    public const string Ok = "ok";
    public const string Warning = "warning";
    public const string Failure = "failure";
}

/// <summary>How checks are written for programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<CheckLine>))]
internal sealed partial class CheckJson : JsonSerializerContext;

/// <summary><c>check</c></summary>
internal static class CheckCommand
{
    private static readonly Option<string> Format = QueryCommand.OneOf(
        new("--format") { Description = "table, or json for programs.", DefaultValueFactory = _ => "table" },
        "table",
        "json"
    );

    private static readonly Option<bool> Feed = new("--feed")
    {
        Description =
            "Look whether the sources can be followed by logical replication, and print the SQL that it takes.",
    };

    private static readonly Option<bool> WholeRows = new("--whole-rows")
    {
        Description =
            "With --feed: publish whole rows, so that no migration of the platform is ever stood in the way of.",
    };

    public static Command Create(Terminal terminal)
    {
        var command = new Command(
            "check",
            "Try the settings, both sources, the role's rights and the store; say what is wrong and what to do."
        )
        {
            Format,
            Feed,
            WholeRows,
        };
        command.Add(AnswerOptions.Data);
        return command
            .WithExample(
                "user-reports check --set Sources:Platform='Host=replica;Database=kpi;Username=reports;SSL Mode=VerifyFull'"
            )
            .WithExample("user-reports check --feed")
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    var lines = await CheckAsync(parsed, token);
                    if (parsed.GetValue(Format) == "json")
                        await terminal.Out.WriteLineAsync(
                            JsonSerializer.Serialize(lines, CheckJson.Default.IReadOnlyListCheckLine)
                        );
                    else
                        await ShowAsync(terminal, lines);
                    if (parsed.GetValue(Feed) && parsed.GetValue(Format) != "json" && TryRead(parsed) is { } settings)
                    {
                        await terminal.Out.WriteAsync(
                            await FeedLines.SqlAsync(settings, parsed.GetValue(WholeRows), token)
                        );
                    }

                    return lines.Any(line => line.Result == CheckLine.Failure) ? ExitCode.Failed : ExitCode.Done;
                }
            );
    }

    private static async Task<IReadOnlyList<CheckLine>> CheckAsync(
        ParseResult parsed,
        CancellationToken cancellationToken
    )
    {
        ServerSettings settings;
        try
        {
            settings = ServerSettings.Read(CommonOptions.Configuration(parsed, AnswerOptions.Overrides(parsed)));
        }
        catch (SettingsException e)
        {
            return [.. e.Faults.Select(fault => new CheckLine(CheckLine.Failure, "settings", "values", fault))];
        }

        return
        [
            new(CheckLine.Ok, "settings", "values", "valid"),
            .. await CheckSourcesAsync(settings, cancellationToken),
            .. await LimitsCheck.RunAsync(settings, cancellationToken),
            .. parsed.GetValue(Feed) ? await FeedLines.CheckAsync(settings, cancellationToken) : [],
            .. settings.IsStoreShared
                ? await SharedStoreCheck.RunAsync(settings, cancellationToken)
                : await CheckStoreAsync(settings, cancellationToken),
            .. await WorkspaceCheck.RunAsync(settings, cancellationToken),
            .. CheckFiles(settings),
        ];
    }

    private static ServerSettings? TryRead(ParseResult parsed)
    {
        try
        {
            return ServerSettings.Read(CommonOptions.Configuration(parsed, AnswerOptions.Overrides(parsed)));
        }
        catch (SettingsException)
        {
            return null;
        }
    }

    private static IEnumerable<CheckLine> CheckFiles(ServerSettings settings) =>
        PrivateFilesCheck
            .Find(settings)
            .Select(open => new CheckLine(
                CheckLine.Warning,
                "files",
                "rights",
                $"others may open {open.Count} of what lies in {open.Folder}, {open.Example} among it. Close it: chmod -R go= '{open.Folder}'"
            ));

    private static async Task<IReadOnlyList<CheckLine>> CheckSourcesAsync(
        ServerSettings settings,
        CancellationToken cancellationToken
    )
    {
        var sources = ServerHost.SourceSettingsOf(settings);
        List<CheckLine> lines = [];
        foreach (var (name, connection) in new[] { ("platform", sources.Platform), ("usage", sources.Usage) })
        {
            try
            {
                await using var database = SourceDatabase.Create(name, connection, sources);
                lines.AddRange(
                    (
                        await SourceExamination.RunAsync(
                            database,
                            name == "platform",
                            sources.Stripe,
                            cancellationToken
                        )
                    ).Select(finding => new CheckLine(ResultOf(finding.Kind), name, finding.Subject, finding.Message))
                );
            }
            catch (SourceException e)
            {
                lines.Add(new(CheckLine.Failure, name, "connection", e.Message));
            }
        }

        return lines;
    }

    private static async Task<IReadOnlyList<CheckLine>> CheckStoreAsync(
        ServerSettings settings,
        CancellationToken cancellationToken
    )
    {
        var place = ServerHost.StoreSettingsOf(settings);
        // Before the first start there is none, and to look at it must not make one in a place that was mistyped.
        if (!DuckDbStore.Exists(place))
        {
            return WhyNotWritable(Path.GetDirectoryName(Path.GetFullPath(place.Path))!) is { } why
                ? Line(CheckLine.Failure, $"{StoreAnswers.NoStore(place)} It cannot be made: {why}")
                : Line(
                    CheckLine.Warning,
                    $"{StoreAnswers.NoStore(place)} The first refresh makes it; if there should be one, look at the setting Store"
                );
        }

        try
        {
            await using var store = DuckDbStore.Open(place, TimeProvider.System, NullLogger<DuckDbStore>.Instance);
            return
            [
                .. Line(
                    CheckLine.Ok,
                    store.Reader.Snapshot is { } snapshot
                        ? $"{Counted.Of(snapshot.Rows, "row")} in {store.Directory}"
                        : $"empty, in {store.Directory}"
                ),
                .. await HistoryCheck.RunAsync(store.History, cancellationToken),
            ];
        }
        catch (StoreInUseException)
        {
            return Line(CheckLine.Ok, "in use, by a running server or another command");
        }
        catch (Exception e) when (e is StoreUnavailableException or StoreDamagedException)
        {
            return Line(CheckLine.Failure, e.Message);
        }

        static IReadOnlyList<CheckLine> Line(string result, string message) =>
            [new(result, "store", "folder", message)];
    }

    /// <summary>Why a folder, or what is there of the way to it, cannot be written; null if it can.</summary>
    private static string? WhyNotWritable(string folder)
    {
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
            folder = parent;
        try
        {
            var probe = Path.Combine(folder, Path.GetRandomFileName());
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    internal static string ResultOf(FindingKind kind) =>
        kind switch
        {
            FindingKind.Good => CheckLine.Ok,
            FindingKind.Warning => CheckLine.Warning,
            _ => CheckLine.Failure,
        };

    /// <summary>What was found, and the way on from there.</summary>
    private static async Task ShowAsync(Terminal terminal, IReadOnlyList<CheckLine> lines)
    {
        WriteLines(terminal, lines);
        var failures = lines.Count(line => line.Result == CheckLine.Failure);
        await terminal.Out.WriteLineAsync(
            failures > 0
                ? $"""

                {Counted.Of(failures, "failure")}: mend {(failures == 1 ? "it" : "them")} and check again.{HintOf(
                    lines
                )}
                """
                : $"""

                All is well. Next:
                  {CommandLine.Name} refresh                          reads both databases, changes nothing in them
                  {CommandLine.Name} query 'account_restricted:true'  who is over a limit
                  {CommandLine.Name} serve                            explorer and API, refreshed on schedule
                """
        );
    }

    private static string HintOf(IReadOnlyList<CheckLine> lines) =>
        lines.Any(line => line is { Where: "settings", Result: CheckLine.Failure })
            ? " Settings are variables such as USERREPORTS__Sources__Platform (docs/settings.md)."
            : "";

    private static void WriteLines(Terminal terminal, IReadOnlyList<CheckLine> lines) =>
        LineColumns.Write(
            terminal,
            [.. lines.Select(line => new[] { line.Result, line.Where, line.Subject, line.Message })],
            result =>
                result switch
                {
                    CheckLine.Ok => Color.Green,
                    CheckLine.Warning => Color.Yellow,
                    _ => Color.Red,
                }
        );
}
