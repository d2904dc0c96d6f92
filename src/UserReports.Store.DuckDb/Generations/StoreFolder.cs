using System.Globalization;
using System.Text.Json;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>
/// The files of a store: their names, the lock that keeps other processes out, and which generation is current.
/// </summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly string directory;
    private readonly string name;
    private readonly FileStream lockFile;

    private StoreFolder(string directory, string name, FileStream lockFile)
    {
        this.directory = directory;
        this.name = name;
        this.lockFile = lockFile;
    }

    /// <summary>The folder that holds the store.</summary>
    public string Directory => directory;

    private string PointerPath => Path.Combine(directory, $"{name}.current.json");

    /// <summary>Whether a store was ever opened at this path. Nothing is made.</summary>
    public static bool Exists(string path)
    {
        var full = Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(full)!;
        var name = Path.GetFileNameWithoutExtension(full);
        return File.Exists(Path.Combine(directory, $"{name}.lock"))
            || File.Exists(Path.Combine(directory, $"{name}.current.json"))
            || (
                System.IO.Directory.Exists(directory)
                && System.IO.Directory.EnumerateFiles(directory, $"{name}.g*.duckdb").Any()
            );
    }

    /// <summary>Makes the folder if need be and keeps other processes out of it.</summary>
    /// <exception cref="StoreUnavailableException">The folder cannot be made or written, or another process holds it.</exception>
    public static StoreFolder Open(string path)
    {
        var full = Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(full)!;
        var name = Path.GetFileNameWithoutExtension(full);
        try
        {
            System.IO.Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The store's folder {directory} cannot be made: {e.Message}", e);
        }

        try
        {
            var lockFile = new FileStream(
                Path.Combine(directory, $"{name}.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
            return new(directory, name, lockFile);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreUnavailableException($"The store's folder {directory} cannot be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new StoreInUseException(
                $"The store {full} is in use by another process. Ask the running server instead, or stop it first.",
                e
            );
        }
    }

    public string DatabasePath(int generation) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{name}.g{generation:D6}.duckdb"));

    public string DocumentsPath(int generation) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{name}.g{generation:D6}.documents"));

    /// <summary>The generations that have a database file, the newest first.</summary>
    public IReadOnlyList<int> Generations() =>
        [
            .. Files()
                .Where(file => file.Path == DatabasePath(file.Generation))
                .Select(file => file.Generation)
                .OrderDescending(),
        ];

    /// <summary>
    /// A number that no file bears, be it set aside or left over: the database would take a log that it finds beside
    /// it for its own.
    /// </summary>
    public int NextGeneration(int? current) => Files().Select(file => file.Generation).Append(current ?? 0).Max() + 1;

    /// <summary>Removes what a removal left over that was cut off: files without their database.</summary>
    public void DeleteLeftovers()
    {
        foreach (var (path, generation) in Files())
        {
            if (
                (path == DatabasePath(generation) + ".wal" || path == DocumentsPath(generation))
                && !File.Exists(DatabasePath(generation))
            )
                File.Delete(path);
        }
    }

    /// <summary>What was last written, or nothing known if the file is missing or damaged.</summary>
    public StorePointer ReadPointer()
    {
        try
        {
            if (!File.Exists(PointerPath))
                return StorePointer.None;
            if (JsonSerializer.Deserialize<StorePointer>(File.ReadAllBytes(PointerPath)) is { IsWhole: true } pointer)
                return pointer;
        }
        catch (JsonException)
        {
            // Set aside below, like one that is JSON but not ours.
        }

        SetAside(PointerPath);
        return StorePointer.None;
    }

    /// <summary>Replaces the pointer in one step: a crash leaves the old one or the new one.</summary>
    public void WritePointer(StorePointer pointer)
    {
        var temporary = PointerPath + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, pointer);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, PointerPath, overwrite: true);
    }

    /// <summary>Renames what cannot be used, so that it can be looked at and is in nobody's way.</summary>
    /// <returns>Where it is now.</returns>
    public string SetAside(int generation)
    {
        SetAside(DocumentsPath(generation));
        SetAside(DatabasePath(generation) + ".wal");
        return SetAside(DatabasePath(generation));
    }

    public void Delete(int generation) => Delete(DatabasePath(generation), DocumentsPath(generation));

    public static void Delete(string databasePath, string documentsPath)
    {
        File.Delete(databasePath);
        File.Delete(databasePath + ".wal");
        File.Delete(documentsPath);
    }

    public void Dispose() => lockFile.Dispose();

    private IEnumerable<(string Path, int Generation)> Files() =>
        System
            .IO.Directory.EnumerateFiles(directory, $"{name}.g*")
            .Select(path => (path, digits: Path.GetFileName(path)[(name.Length + 2)..].Split('.')[0]))
            .Where(file => int.TryParse(file.digits, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(file => (file.path, int.Parse(file.digits, CultureInfo.InvariantCulture)));

    private static string SetAside(string path)
    {
        if (!File.Exists(path))
            return path;
        for (var i = 1; ; i++)
        {
            var aside = string.Create(CultureInfo.InvariantCulture, $"{path}.damaged-{i}");
            if (File.Exists(aside))
                continue;
            File.Move(path, aside);
            return aside;
        }
    }
}
