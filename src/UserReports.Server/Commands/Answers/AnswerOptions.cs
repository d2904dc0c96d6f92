using System.CommandLine;
using UserReports.Server.Commands.Demo;

namespace UserReports.Server.Commands.Answers;

/// <summary>Whom a command asks: a running server with a token, or the store itself where none runs.</summary>
internal static class AnswerOptions
{
    private const string UrlVariable = "USERREPORTS_URL";
    private const string TokenVariable = "USERREPORTS_TOKEN";

    private static readonly Option<string?> Url = new("--url")
    {
        Description = $"The address of a running server (or {UrlVariable}); without it the store is opened.",
        HelpName = "http://127.0.0.1:5080",
    };

    private static readonly Option<string?> Token = new("--token")
    {
        Description = $"An API token of a superuser (or {TokenVariable}, which others on this machine cannot see).",
        HelpName = "KEY",
    };

    /// <summary>A demo's folder in place of the configured places.</summary>
    public static readonly Option<string?> Data = new("--data")
    {
        Description = "The folder of a demo whose store is to be opened.",
        HelpName = "DIR",
    };

    public static void AddTo(Command command)
    {
        command.Add(Url);
        command.Add(Token);
        command.Add(Data);
    }

    /// <summary>The server's address and token, or null where the store is meant.</summary>
    public static (Uri Url, string Token)? Server(ParseResult parsed)
    {
        if ((parsed.GetValue(Url) ?? Environment.GetEnvironmentVariable(UrlVariable)) is not { Length: > 0 } text)
            return null;
        if (
            !Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
        )
            throw new CommandException(
                $"--url is '{text}', but it must be an http or https address.",
                ExitCode.WrongUsage
            );
        var token =
            parsed.GetValue(Token)
            ?? Environment.GetEnvironmentVariable(TokenVariable)
            ?? throw new CommandException(
                $"A server answers only with a token. Set {TokenVariable} to one.",
                ExitCode.WrongUsage
            );
        return (url, token);
    }

    /// <summary>Opens what the command asks.</summary>
    public static IReportAnswers Open(ParseResult parsed, Terminal terminal)
    {
        if (Server(parsed) is { } server)
            return new ServerAnswers(server.Url, server.Token);
        return StoreAnswers.Open(Settings(parsed), terminal);
    }

    /// <summary>The settings of a command that needs the store alone.</summary>
    public static Configuration.ServerSettings Settings(ParseResult parsed)
    {
        var configuration = CommonOptions.Configuration(parsed, Overrides(parsed));
        return Configuration.ServerSettings.Read(configuration, needsSources: false);
    }

    /// <summary>What <see cref="Data"/> sets, or null without it.</summary>
    public static Dictionary<string, string?>? Overrides(ParseResult parsed) =>
        parsed.GetValue(Data) is { } folder ? DemoCommand.Folders(Path.GetFullPath(folder)) : null;
}
