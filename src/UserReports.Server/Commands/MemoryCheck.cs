namespace UserReports.Server.Commands;

/// <summary>Says at the start that there is too little memory, before the system ends the process in the middle of a
/// run, again and again.</summary>
internal static class MemoryCheck
{
    /// <summary>What a run of a small platform takes beside the queries' part, in mebibytes.</summary>
    private const int NeededMebibytes = 500;

    /// <summary>To be called before anything is opened.</summary>
    /// <exception cref="CommandException">This process may not have as much as is needed.</exception>
    public static void Require()
    {
        // The machine's memory; in a control group or a container that has a limit, three quarters of that.
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        if (available < NeededMebibytes)
        {
            throw new CommandException(
                FormattableString.Invariant($"Needs {NeededMebibytes} MB of memory, and may take {available} MB: ")
                    + "three quarters of the limit where there is one. Raise MemoryMax= of the unit or --memory of the container to 1 GB.",
                ExitCode.WrongUsage
            );
        }
    }
}
