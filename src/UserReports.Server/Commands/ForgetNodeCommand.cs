using System.CommandLine;
using UserReports.Server.Configuration;
using UserReports.Workspace;
using UserReports.Workspace.Nodes;

namespace UserReports.Server.Commands;

/// <summary><c>forget-node</c></summary>
internal static class ForgetNodeCommand
{
    private static readonly Argument<string> Node = new("name") { Description = "As the runs route names it." };

    public static Command Create(Terminal terminal)
    {
        var command = new Command(
            "forget-node",
            "Forget a node that will not come back: nobody misses its part of the audit log any more."
        )
        {
            Node,
        };
        return command
            .WithExample("user-reports forget-node reports-3")
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    var name = parsed.GetValue(Node)!;
                    await using var workspace = new WorkspaceDatabase(
                        FollowingSettings.WorkspaceOf(CommonOptions.Settings(parsed, needsSources: false)),
                        TimeProvider.System
                    );
                    using var nodes = new KnownNodes(workspace, TimeProvider.System);
                    if (!await nodes.ForgetAsync(name, token))
                        throw new CommandException($"No node that is gone is called {name}. See: user-reports status");
                    await terminal.Out.WriteLineAsync($"The node {name} is forgotten.");
                    return ExitCode.Done;
                }
            );
    }
}
