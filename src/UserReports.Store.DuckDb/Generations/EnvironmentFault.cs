namespace UserReports.Store.DuckDb.Generations;

/// <summary>What the machine refuses, and what to do about it.</summary>
internal static class EnvironmentFault
{
    public const string PermissionDenied = "Permission denied; let the service's account read and write it.";

    private static readonly (int Errno, string Sign, string Advice)[] Refusals =
    [
        (28, "No space left", "The disk is full; make room."),
        (27, "File too large", "A file may not grow that large; raise the limit on file sizes."),
        (122, "Disk quota exceeded", "The disk quota is used up; raise it or make room."),
        (13, "Permission denied", PermissionDenied),
        (30, "Read-only file system", "The file system is read-only; mount it for writing."),
        (24, "Too many open files", "Too many files are open; raise the limit."),
        (23, "Too many open files in system", "Too many files are open; raise the limit."),
        (5, "Input/output error", "The disk reports an error; check it."),
    ];

    /// <summary>What to do after a system call ended with a number of Linux's; null if nothing is known.</summary>
    public static string? Of(int errno) => Array.Find(Refusals, refusal => refusal.Errno == errno).Advice;

    /// <summary>What to do after words of the system that stand in a message; null if there are none.</summary>
    public static string? Of(string message) =>
        Array.Find(Refusals, refusal => message.Contains(refusal.Sign, StringComparison.OrdinalIgnoreCase)).Advice;
}
