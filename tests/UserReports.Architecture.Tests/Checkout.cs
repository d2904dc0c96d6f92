using System.Runtime.CompilerServices;

namespace UserReports.Architecture.Tests;

/// <summary>The project's own files, read as text.</summary>
internal static class Checkout
{
    private static readonly string[] BuiltFolders =
    [
        "bin",
        "obj",
        "artifacts",
        ".git",
        ".vs",
        ".idea",
        "node_modules",
        "demo-data",
    ];

    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static IEnumerable<string> Files(string folder, params string[] extensions) =>
        Walk(Path.Combine(Root, folder))
            .Where(file =>
                extensions.Length == 0 || extensions.Contains(Path.GetExtension(file), StringComparer.Ordinal)
            )
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Walk(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        return Directory
            .EnumerateFiles(folder)
            .Concat(
                Directory
                    .EnumerateDirectories(folder)
                    .Where(child => !BuiltFolders.Contains(Path.GetFileName(child), StringComparer.Ordinal))
                    .SelectMany(Walk)
            );
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "UserReports.slnx")))
                return folder;
        }

        throw new InvalidOperationException($"No UserReports.slnx above {here}.");
    }
}
