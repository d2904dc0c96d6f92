using System.CommandLine;
using UserReports.Core.Figures;
using UserReports.Server.Configuration;
using UserReports.Workspace.Moving;

namespace UserReports.Server.Commands;

/// <summary><c>move</c></summary>
internal static class MoveCommand
{
    private static readonly Option<string?> From = new("--from")
    {
        Description = "The workspace to move, as the setting Workspace has it; by default the one of the settings.",
        HelpName = "CONNECTION",
    };

    private static readonly Option<string> To = new("--to")
    {
        Description = "Where to: Data Source=FILE, or a PostgreSQL database; its tables are made.",
        HelpName = "CONNECTION",
        Required = true,
    };

    private static readonly Option<bool> Replace = new("--replace")
    {
        Description = "Move also to a workspace that holds something; that is lost.",
    };

    public static Command Create(Terminal terminal)
    {
        var command = new Command(
            "move",
            "Move the workspace (views, sessions, keys, positions, runs) from a file to PostgreSQL, or back, while no node runs."
        )
        {
            From,
            To,
            Replace,
        };
        return command
            .WithExample(
                "user-reports move --from 'Data Source=data/workspace.db' --to 'Host=db;Database=user_reports;Username=reports;Passfile=/etc/user-reports/pgpass'"
            )
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    // A file of its own is made as the service makes its files.
                    PrivateFiles.MakeOnly();
                    var from =
                        parsed.GetValue(From)
                        ?? FollowingSettings.WorkspaceOf(CommonOptions.Settings(parsed, needsSources: false));
                    var moved = await WorkspaceMove.RunAsync(
                        from,
                        parsed.GetValue(To)!,
                        parsed.GetValue(Replace),
                        TimeProvider.System,
                        token
                    );
                    LineColumns.Write(
                        terminal,
                        [
                            .. moved
                                .Where(table => table.Rows > 0)
                                .Select(table => new[] { table.Name, Counted.Of(table.Rows, "row") }),
                        ],
                        _ => null
                    );
                    await terminal.Out.WriteLineAsync(
                        $"""
                        Moved {Counted.Of(moved.Sum(table => table.Rows), "row")} of {Counted.Of(
                            moved.Count,
                            "table"
                        )}, and counted them there. The workspace that they are from is as it was.
                        Next: set Workspace to the new one for every node, and start them.
                        """
                    );
                    return ExitCode.Done;
                }
            );
    }
}
