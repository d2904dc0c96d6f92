using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using UserReports.Core.Query;
using UserReports.Server.Commands.Answers;
using UserReports.Server.Commands.Checks;
using UserReports.Server.Commands.Demo;

namespace UserReports.Server.Commands;

/// <summary>The program's command line.</summary>
public static class CommandLine
{
    /// <summary>Every command, in the order of the help.</summary>
    private static readonly Func<Terminal, Command>[] Commands =
    [
        DemoCommand.Create,
        ServeCommand.Create,
        RefreshCommand.Create,
        StatusCommand.Create,
        HealthCommand.Create,
        CheckCommand.Create,
        QueryCommand.Create,
        CompareCommand.Create,
        HistoryCommand.Create,
        ExportCommand.Create,
        AuditCommand.Create,
        MoveCommand.Create,
        ForgetNodeCommand.Create,
        GenerateCommand.Create,
        CompletionCommand.Create,
        VersionCommand.Create,
    ];

    /// <summary>Runs one command.</summary>
    /// <returns>0 done, 1 failed, 2 wrong usage.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal)
    {
        var parsed = Build(terminal).Parse(CompletionCommand.Readable(args));
        if (parsed.Action is ParseErrorAction)
        {
            // A misspelt command is both unknown and missing; the word that is there says more.
            await terminal.Error.WriteLineAsync(OnOneLine(parsed.Errors[^1].Message) + Meant(parsed));
            await terminal.Error.WriteLineAsync($"See: {Path(parsed.CommandResult.Command, parsed)} --help");
            return ExitCode.WrongUsage;
        }

        return await parsed.InvokeAsync(
            new()
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                // A stop lets the ranges in work end and be committed.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            }
        );
    }

    /// <summary>Every command with its options.</summary>
    internal static RootCommand Build(Terminal terminal)
    {
        var root = new RootCommand(
            "Reports on the accounts of a platform: who they are, what they use, what their plans allow."
        )
        {
            CommonOptions.Verbose,
            CommonOptions.Set,
        };
        foreach (var create in Commands)
            root.Add(create(terminal));
        root.WithExample("user-reports demo");
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExample((HelpAction)help.Action!);
        // Completion would offer them between the real options.
        foreach (var alias in new[] { "/h", "/?", "-?" })
            help.Aliases.Remove(alias);
        return root;
    }

    private static string OnOneLine(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 1 ? lines[0] : $"{lines[0]} {string.Join(", ", lines[1..])}.";
    }

    private static string Meant(ParseResult parsed) =>
        parsed.UnmatchedTokens is [var word, ..]
        && parsed.CommandResult.Command is var command
        && NearestNames.Of(word, command.Subcommands.Select(c => c.Name).Concat(command.Options.Select(o => o.Name)))
            is { Count: > 0 } near
            ? $" Did you mean {string.Join(" or ", near)}?"
            : "";

    private static string Path(Command command, ParseResult parsed) =>
        command == parsed.RootCommandResult.Command ? Name : $"{Name} {command.Name}";

    /// <summary>What the program is called in help and scripts.</summary>
    internal const string Name = "user-reports";
}
