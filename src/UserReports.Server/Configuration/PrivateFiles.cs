using System.Runtime.InteropServices;

namespace UserReports.Server.Configuration;

/// <summary>Keeps what the service writes from the other accounts of the machine.</summary>
/// <remarks>
/// The store's engine, the keys of cookies and the runtime's own files are made by libraries that take no mode, so the
/// mask of the whole process is what holds for all of them.
/// </remarks>
public static class PrivateFiles
{
    /// <summary>Every right of the group and of others.</summary>
    public const UnixFileMode OthersRights =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    /// <summary>
    /// From here on everything that this process makes is its owner's alone: files 0600, folders 0700, whatever mask it
    /// was started with. Does nothing on Windows, where a folder's own list of rights is inherited.
    /// </summary>
    public static void MakeOnly()
    {
        if (!OperatingSystem.IsWindows())
            _ = Umask((uint)OthersRights);
    }

    /// <summary>What others may open of a folder: the folder itself, and what lies in it, however deep.</summary>
    /// <returns>Paths; nothing where there is no such folder, and on Windows.</returns>
    public static IEnumerable<string> OpenToOthers(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
            yield break;
        if ((File.GetUnixFileMode(folder) & OthersRights) != 0)
            yield return folder;
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            // A link has every right itself; what it leads to lies elsewhere.
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", options))
        {
            if ((entry.UnixFileMode & OthersRights) != 0)
                yield return entry.FullName;
        }
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint Umask(uint mask);
}
