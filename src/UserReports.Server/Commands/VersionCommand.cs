using System.CommandLine;
using System.Reflection;

namespace UserReports.Server.Commands;

/// <summary><c>version</c></summary>
internal static class VersionCommand
{
    /// <summary>The version, with the commit it was built from where that is known.</summary>
    public static string Text =>
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion
        ?? "0";

    public static Command Create(Terminal terminal) =>
        new Command("version", "Print the version.")
            .WithExample("user-reports version")
            .Does(
                terminal,
                async (_, _) =>
                {
                    await terminal.Out.WriteLineAsync($"{CommandLine.Name} {Text}");
                    return ExitCode.Done;
                }
            );
}
