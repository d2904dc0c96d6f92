using System.Runtime.InteropServices;

namespace UserReports.Core.Threads;

/// <summary>The priority of threads whose work can wait: they get what nobody else wants of the processors.</summary>
public static partial class LowPriority
{
    private const int OfCaller = 0;
    private const int Nice = 10;

    /// <summary>Lowers the priority of the thread that calls, which is to be one of its own.</summary>
    public static void LowerThisThread()
    {
        // The runtime's own setting does nothing on Linux, where each thread has a priority for the system.
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, OfCaller, Nice);
        else
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int nice);
}
