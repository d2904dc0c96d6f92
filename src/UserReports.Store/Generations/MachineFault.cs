using DuckDB.NET.Data;

namespace UserReports.Store.Generations;

/// <summary>Tells what the machine refuses from what is wrong with a file: only the latter is set aside.</summary>
internal static class MachineFault
{
    private static readonly (string Sign, string Advice)[] Known =
    [
        ("No space left", "The disk is full; make room."),
        ("File too large", "A file may not grow that large; raise the limit on file sizes."),
        ("Disk quota exceeded", "The disk quota is used up; raise it or make room."),
        ("Permission denied", "Permission denied; let the service's account read and write it."),
        ("Read-only file system", "The file system is read-only; mount it for writing."),
        ("Too many open files", "Too many files are open; raise the limit."),
        ("Out of Memory", "It needs more memory than it may have; raise the store's memory limit."),
        ("Input/output error", "The disk reports an error; check it."),
    ];

    /// <summary>What the machine refused and what to do, or null if that is not it.</summary>
    public static string? Of(Exception exception)
    {
        if (exception is UnauthorizedAccessException)
            return "Permission denied; let the service's account read and write it.";
        if (exception is not (DuckDBException or IOException))
            return null;
        var found = Known.FirstOrDefault(known =>
            exception.Message.Contains(known.Sign, StringComparison.OrdinalIgnoreCase)
        );
        return found.Advice;
    }
}
