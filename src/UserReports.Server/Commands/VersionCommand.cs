using System.CommandLine;
using UserReports.Server.Configuration;

namespace UserReports.Server.Commands;

/// <summary><c>version</c></summary>
internal static class VersionCommand
{
    public static Command Create(Terminal terminal) =>
        new Command("version", "Print the version.")
            .WithExample("user-reports version")
            .Does(
                terminal,
                async (_, _) =>
                {
                    await terminal.Out.WriteLineAsync($"{CommandLine.Name} {OwnVersion.Text}");
                    return ExitCode.Done;
                }
            );
}
