using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using UserReports.Core.Figures;
using UserReports.Server.Api.Runs;
using UserReports.Server.Commands.Checks;

namespace UserReports.Server.Commands.Answers;

/// <summary>What can be read and how the last run went.</summary>
/// <param name="Rows">Rows that can be read, or null before the first completed run.</param>
/// <param name="AgeSeconds">Since the last completed run ended.</param>
/// <param name="LastRun">The newest run, whatever became of it.</param>
internal sealed record StatusReport(long? Rows, long? AgeSeconds, RunEntry? LastRun)
{
    /// <summary>All nodes of a shared workspace; null where there is but one, or that cannot be found out.</summary>
    public IReadOnlyList<NodeEntry>? Nodes { get; init; }

    /// <summary>What is wrong with nodes beside each other.</summary>
    public IReadOnlyList<string> NodeWarnings { get; init; } = [];

    /// <summary>A line per source; empty where a running server was asked.</summary>
    public IReadOnlyList<SourceStatus> Sources { get; init; } = [];
}

/// <summary>Whether a source answers, and what it lacks.</summary>
internal sealed record SourceStatus(string Name, bool IsReachable, string Message);

/// <summary>How a status is written for programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusJson : JsonSerializerContext;

/// <summary><c>status</c></summary>
internal static class StatusCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "As JSON, for programs." };

    public static Command Create(Terminal terminal)
    {
        var command = new Command("status", "Show the last run, the rows, their age, and whether the sources answer.")
        {
            Json,
        };
        AnswerOptions.AddTo(command);
        return command
            .WithExample("user-reports status --json | jq .last_run.status")
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    await using var answers = AnswerOptions.Open(parsed, terminal);
                    var status = await answers.StatusAsync(token);
                    if (AnswerOptions.Server(parsed) is null)
                        status = status with
                        {
                            Sources = await SourceCheck.ReachAsync(AnswerOptions.Settings(parsed), token),
                        };
                    if (parsed.GetValue(Json))
                        await terminal.Out.WriteLineAsync(
                            JsonSerializer.Serialize(status, StatusJson.Default.StatusReport)
                        );
                    else
                        Write(terminal, status);
                    return ExitCode.Done;
                }
            );
    }

    private static void Write(Terminal terminal, StatusReport status)
    {
        List<string[]> lines =
        [
            [
                "Reports",
                status is { Rows: { } rows, AgeSeconds: { } age }
                    ? $"{Counted.Of(rows, "row")}, {Terminal.Spell(TimeSpan.FromSeconds(age))} old"
                    : $"none yet; start a refresh: {CommandLine.Name} refresh",
            ],
        ];
        if (status.LastRun is { } run)
        {
            lines.Add([
                "Last run",
                $"{run.Status}, {Number(run.AccountsDone)} of {Counted.Of(run.AccountsTotal, "account")}, {run.Cursor} ranges, "
                    + $"started {run.StartedAt:yyyy-MM-dd HH:mm:ss}Z"
                    + (run.FinishedAt is { } end ? $", took {Terminal.Spell(end - run.StartedAt)}" : ""),
            ]);
            if (run.WarningCount > 0)
                lines.Add(["Warnings", Number(run.WarningCount)]);
            if (run.LastError is not null)
                lines.Add(["Error", run.LastError]);
        }

        lines.AddRange((status.Nodes ?? []).Select(node => new[] { "Node", NodeWords(node) }));
        lines.AddRange(status.NodeWarnings.Select(warning => new[] { "Nodes", warning }));
        lines.AddRange(status.Sources.Select(source => new[] { source.Name, source.Message }));
        LineColumns.Write(terminal, lines, _ => null);
    }

    private static string NodeWords(NodeEntry node) =>
        node.Name
        + (
            node.Status == "live"
                ? (node.IsLeader ? ", leads" : "") + (node.WorksOn is null ? "" : ", refreshes")
                : $", {node.Status} since {node.SeenAt:yyyy-MM-dd HH:mm:ss}Z"
        );

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
