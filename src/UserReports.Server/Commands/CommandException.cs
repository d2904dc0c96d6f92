namespace UserReports.Server.Commands;

/// <summary>A command cannot do what it was asked to; the message says why and what to do, in a line or two.</summary>
/// <param name="exitCode">1 if it failed, 2 if it was used wrongly.</param>
public sealed class CommandException(string message, int exitCode = ExitCode.Failed, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode => exitCode;
}

/// <summary>What the process ends with.</summary>
public static class ExitCode
{
    /// <summary>All was done.</summary>
    public const int Done = 0;

    /// <summary>It failed; an error stream says why.</summary>
    public const int Failed = 1;

    /// <summary>Wrong command, option or value.</summary>
    public const int WrongUsage = 2;
}
