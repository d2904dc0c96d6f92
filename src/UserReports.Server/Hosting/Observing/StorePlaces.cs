using UserReports.Server.Configuration;

namespace UserReports.Server.Hosting.Observing;

/// <summary>Where files of the store and the workspace are, and how large.</summary>
/// <param name="store">The store's folder; null where the rows are on a server.</param>
/// <param name="workspace">The workspace's file; null where it is on a server.</param>
internal sealed class StorePlaces(string? store, string? workspace)
{
    /// <summary>Bytes of the store's files; null where there are none.</summary>
    public double? StoreBytes =>
        store is null || !Directory.Exists(store)
            ? null
            : new DirectoryInfo(store)
                .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
                .Sum(file => Length(file));

    /// <summary>Bytes of the workspace's file; null where there is none.</summary>
    public double? WorkspaceBytes => workspace is null ? null : Length(new(workspace));

    /// <summary>Bytes that are free where the store is; null where it has no files.</summary>
    public double? FreeBytes =>
        store is null || !Directory.Exists(store) ? null : new DriveInfo(store).AvailableFreeSpace;

    public static StorePlaces Of(ServerSettings settings) =>
        new(
            settings.IsStoreShared ? null : settings.StoreFolder,
            SettingKinds.DataSourceOf(FollowingSettings.WorkspaceOf(settings)) is { } file
                ? Path.GetFullPath(file)
                : null
        );

    /// <summary>A file may go away while files are counted.</summary>
    private static long Length(FileInfo file)
    {
        try
        {
            return file.Exists ? file.Length : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
