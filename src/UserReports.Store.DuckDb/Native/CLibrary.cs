using System.Runtime.InteropServices;

namespace UserReports.Store.DuckDb.Native;

/// <summary>What the C library of Linux can be told; nothing happens on another system.</summary>
internal static partial class CLibrary
{
    private const int ArenasMax = -8;

    /// <summary>
    /// Keeps all of the process's memory outside the managed heap in a few arenas. By default the library makes eight
    /// for each processor, and what packing threads have freed in one is of no use to the others: a tenth of a run's
    /// memory.
    /// </summary>
    public static void KeepFewArenas()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = SetOption(ArenasMax, 2);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library, which has no arenas.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
