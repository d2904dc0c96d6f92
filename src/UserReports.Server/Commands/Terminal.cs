using System.Diagnostics;
using Spectre.Console;

namespace UserReports.Server.Commands;

/// <summary>Where a command writes: results to one stream, everything else to the other.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Errors and progress, so that a pipe holds results alone.</param>
/// <param name="IsInteractive">True if a person watches the error stream: then progress is drawn as bars.</param>
/// <param name="Width">Columns of the screen, or null if the results go to a pipe or a file.</param>
public sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive, int? Width)
{
    /// <summary>Draws on the error stream; in colour only on a screen, and never if NO_COLOR is set.</summary>
    public IAnsiConsole Progress { get; init; } = Plain(Error);

    /// <summary>Draws on the output stream, likewise.</summary>
    public IAnsiConsole Display { get; init; } = Plain(Out);

    /// <summary>What this process was started with.</summary>
    public static Terminal OfProcess()
    {
        var screen = !Console.IsOutputRedirected;
        var watched = !Console.IsErrorRedirected;
        return new(Console.Out, Console.Error, watched, screen ? Math.Max(40, Console.WindowWidth) : null)
        {
            Progress = Draw(Console.Error, watched),
            Display = Draw(Console.Out, screen),
        };
    }

    /// <summary>Says what is likely not meant in a query.</summary>
    internal async Task WarnAsync(IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
            await Error.WriteLineAsync($"Warning: {warning}");
    }

    /// <summary>How long something took, for people.</summary>
    internal static string Spell(TimeSpan time) =>
        time switch
        {
            { TotalMinutes: < 1 } => $"{Math.Max(0, (int)time.TotalSeconds)} s",
            { TotalHours: < 1 } => $"{(int)time.TotalMinutes} min {time.Seconds} s",
            { TotalDays: < 2 } => $"{(int)time.TotalHours} h {time.Minutes} min",
            _ => $"{(int)time.TotalDays} days",
        };

    /// <summary>The name to start this program by, as the person did.</summary>
    internal static string ProgramName =>
        Process.GetCurrentProcess().ProcessName.StartsWith("dotnet", StringComparison.Ordinal)
            ? "dotnet run --project src/UserReports.Server --"
            : "user-reports";

    private static IAnsiConsole Plain(TextWriter writer) => Draw(writer, false);

    private static IAnsiConsole Draw(TextWriter writer, bool onScreen) =>
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = onScreen ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = onScreen ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = onScreen ? InteractionSupport.Detect : InteractionSupport.No,
                Out = new AnsiConsoleOutput(writer),
            }
        );
}
