using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;
using UserReports.Refresh.OwnLimits;
using UserReports.Server.Api.Failing;
using UserReports.Server.Configuration;
using UserReports.Server.Export;
using UserReports.Workspace.Nodes;

namespace UserReports.Server.Commands;

/// <summary>What every command has: an example in its help, and errors that fit on two lines.</summary>
internal static class CommandWiring
{
    private static readonly ConditionalWeakTable<Command, string> Examples = [];

    public static Command WithExample(this Command command, string example)
    {
        Examples.AddOrUpdate(command, example);
        return command;
    }

    public static string? ExampleOf(Command command) => Examples.TryGetValue(command, out var example) ? example : null;

    /// <summary>
    /// Runs <paramref name="body"/>; what the world did wrong becomes an exit code and a line on the error stream.
    /// </summary>
    public static Command Does(
        this Command command,
        Terminal terminal,
        Func<ParseResult, CancellationToken, Task<int>> body
    )
    {
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                try
                {
                    return await body(parsed, cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    await terminal.Error.WriteLineAsync("Stopped.");
                    return ExitCode.Failed;
                }
                catch (Exception e) when (Explain(e) is { } explanation || !parsed.GetValue(CommonOptions.Verbose))
                {
                    await terminal.Error.WriteLineAsync(Explain(e) ?? $"Failed: {e.Message} (--verbose shows where.)");
                    if (parsed.GetValue(CommonOptions.Verbose))
                        await terminal.Error.WriteLineAsync(e.ToString());
                    return e is CommandException failure ? failure.ExitCode : ExitCode.Failed;
                }
            }
        );
        return command;
    }

    private static string? Explain(Exception e) =>
        e switch
        {
            CommandException
            or SettingsException
            or LimitsException
            or NodeRefusedException
            or ExportRefusedException => e.Message,
            HttpRequestException => $"The server did not answer: {e.Message}",
            IOException or UnauthorizedAccessException => e.Message,
            _ => Failure.Of(e)?.Line,
        };
}

/// <summary>Help as it is, with an example below.</summary>
internal sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = help.Invoke(parseResult);
        if (CommandWiring.ExampleOf(parseResult.CommandResult.Command) is { } example)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Example:");
            foreach (var line in example.Split('\n'))
                output.WriteLine($"  {line.TrimEnd('\r')}");
            output.WriteLine();
        }

        return exitCode;
    }
}
