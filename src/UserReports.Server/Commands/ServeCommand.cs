using System.CommandLine;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;

namespace UserReports.Server.Commands;

/// <summary><c>serve</c></summary>
internal static class ServeCommand
{
    public static readonly Option<string?> Urls = new("--urls")
    {
        Description = "Addresses to listen on, separated by semicolons.",
        HelpName = "http://127.0.0.1:5080",
    };

    public static Command Create(Terminal terminal)
    {
        var command = new Command(
            "serve",
            "Serve API and explorer, and refresh on schedule, with the configured sources."
        )
        {
            Urls,
        };
        return command
            .WithExample("user-reports serve --urls http://127.0.0.1:5080")
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    MemoryCheck.Require();
                    var configuration = CommonOptions.Configuration(parsed);
                    await using var app = ServerHost.Build(
                        configuration,
                        ServerSettings.Read(configuration),
                        parsed.GetValue(Urls)
                    );
                    await app.StartAsync(token);
                    await terminal.Error.WriteLineAsync($"Serving on {string.Join(", ", app.Urls)}. Ctrl-C stops.");
                    await app.WaitForShutdownAsync(token);
                    return ExitCode.Done;
                }
            );
    }
}
