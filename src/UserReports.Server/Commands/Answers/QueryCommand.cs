using System.CommandLine;
using UserReports.Server.Commands.Demo;
using UserReports.Server.Requests;

namespace UserReports.Server.Commands.Answers;

/// <summary><c>query</c></summary>
internal static class QueryCommand
{
    public static readonly Option<string?> Ordering = new("--ordering")
    {
        Description = "Paths to order by, separated by commas; a minus before one for descending.",
        HelpName = "PATHS",
    };

    public static readonly Option<string?> Fields = new("--fields")
    {
        Description = "Only these paths, separated by commas.",
        HelpName = "PATHS",
    };

    public static readonly Option<string?> At = new("--at")
    {
        Description = "A day such as 2026-11-02, or an instant: rows as the last snapshot before its end has them.",
        HelpName = "DAY",
    };

    private static readonly Argument<string> Q = new("Q")
    {
        Description = "The query, as over HTTP; nothing for every row.",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<long> Limit = GenerateCommand.Positive(
        new("--limit")
        {
            Description = "Rows at the most.",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        }
    );

    private static readonly Option<string> Format = OneOf(
        new("--format")
        {
            Description =
                "How rows are shown: table, json (a list) or csv. By default a table on a screen, json in a pipe.",
        },
        "table",
        "json",
        "csv"
    );

    public static Command Create(Terminal terminal)
    {
        var command = new Command("query", "Show the rows of a query.") { Q, Ordering, Fields, At, Limit, Format };
        AnswerOptions.AddTo(command);
        return command
            .WithExample(
                "user-reports query 'organization__role:owner AND account_restricted:true' --fields username,email --format json | jq"
            )
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    var format = parsed.GetValue(Format) ?? (terminal.Width is null ? "json" : "table");
                    var request = new ReportRequest(
                        parsed.GetValue(Q),
                        parsed.GetValue(Ordering),
                        parsed.GetValue(Fields)
                    )
                    {
                        At = parsed.GetValue(At),
                    };
                    await using var answers = AnswerOptions.Open(parsed, terminal);
                    // CSV picks its columns itself, from whole rows.
                    var asked = format == "csv" ? request with { Fields = null } : request;
                    var answer = await answers.FindAsync(
                        asked,
                        (int)Math.Min(int.MaxValue, parsed.GetValue(Limit)),
                        token
                    );
                    await QueryOutput.WriteAsync(terminal, format, request.Fields, answer);
                    await terminal.WarnAsync(answer.Warnings);
                    return ExitCode.Done;
                }
            );
    }

    /// <summary>Accepts these words alone, and offers them to completion.</summary>
    public static Option<string> OneOf(Option<string> option, params string[] words)
    {
        option.AcceptOnlyFromAmong(words);
        return option;
    }
}
