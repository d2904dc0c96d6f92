using System.CommandLine;
using System.Globalization;
using UserReports.Core.Figures;
using UserReports.Refresh;
using UserReports.Refresh.History;
using UserReports.Server.Commands.Answers;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Server.Terminals;
using UserReports.Store;

namespace UserReports.Server.Commands;

/// <summary><c>refresh</c></summary>
internal static class RefreshCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("refresh", "Refresh all accounts, or go on with the run in progress.");
        command.Add(AnswerOptions.Data);
        return command
            .WithExample("user-reports refresh --set Refresh:Parallelism=2")
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    MemoryCheck.Require();
                    var configuration = CommonOptions.Configuration(parsed, AnswerOptions.Overrides(parsed));
                    var settings = ServerSettings.Read(configuration);
                    foreach (var warning in ServerHost.WarningsOf(settings))
                        await terminal.Error.WriteLineAsync($"Warning: {warning}");
                    await using var services = ServerHost
                        .AddRefresh(new ServiceCollection(), settings, hasReaders: false)
                        .AddSingleton(TimeProvider.System)
                        .AddLogging(logging =>
                            logging
                                .SetMinimumLevel(
                                    parsed.GetValue(CommonOptions.Verbose) ? LogLevel.Information : LogLevel.Error
                                )
                                .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
                                .ShowControlCharacters()
                        )
                        .BuildServiceProvider();
                    return await RefreshAsync(terminal, services, token);
                }
            );
    }

    /// <summary>One run, with its progress.</summary>
    /// <returns>0 if the run is completed, 1 if ranges are missing or it was stopped.</returns>
    public static async Task<int> RefreshAsync(
        Terminal terminal,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        var engine = services.GetRequiredService<RefreshEngine>();
        RefreshOutcome outcome;
        try
        {
            outcome = await ProgressDisplay.RunAsync(
                terminal,
                "Refreshing",
                "account",
                null,
                progress => engine.RunAsync(new Bridge(progress), cancellationToken)
            );
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new CommandException("Stopped. What is done is kept; the next start goes on from there.");
        }

        var run = outcome.Run;
        if (run.WarningCount > 0)
        {
            await terminal.Error.WriteLineAsync(
                run.WarningCount == 1
                    ? "A value of the sources broke a rule; the runs route and the explorer show it."
                    : $"{Number(run.WarningCount)} values of the sources broke a rule; "
                        + "the runs route and the explorer list them."
            );
        }

        if (!outcome.IsCompleted)
        {
            throw new CommandException(
                $"{run.RangesTotal - run.RangesDone} of {Counted.Of(run.RangesTotal, "range")} failed: {run.LastError} "
                    + "The next start takes up just these."
            );
        }

        await terminal.Error.WriteLineAsync(
            $"Refreshed {Counted.Of(run.AccountsDone, "account")}, {Counted.Of(run.RowsWritten, "row")}, in "
                + $"{Terminal.Spell(run.FinishedAt!.Value - run.StartedAt)}."
        );
        await KeepAsync(terminal, services, cancellationToken);
        return ExitCode.Done;
    }

    /// <summary>
    /// The day's snapshot. The rows are refreshed without it, so that the command has done what it is for.
    /// </summary>
    private static async Task KeepAsync(
        Terminal terminal,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await services.GetRequiredService<HistoryKeeper>().KeepAsync(cancellationToken);
        }
        catch (StoreException e)
        {
            await terminal.Error.WriteLineAsync($"Warning: {e.Message}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new CommandException("Stopped. The accounts are refreshed; the snapshot of the day was not written.");
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private sealed class Bridge(ProgressCounter counter) : IProgress<RefreshProgress>
    {
        public void Report(RefreshProgress value) => counter.Report(value.AccountsDone, value.AccountsTotal);
    }
}
