namespace UserReports.Bench.Serving;

/// <summary>Folders that a benchmark makes below the current one.</summary>
internal static class BenchFolder
{
    /// <summary>A folder that is there and empty.</summary>
    public static string Empty(string name)
    {
        var folder = Path.GetFullPath(Path.Combine("artifacts/bench", name));
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>All its files together.</summary>
    public static long Bytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
