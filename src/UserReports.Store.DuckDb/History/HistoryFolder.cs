using System.Globalization;
using System.Text.Json;

namespace UserReports.Store.DuckDb.History;

/// <summary>
/// The folder of snapshots: a file a day, <c>2026-11-02.1.parquet</c>, whose number grows each time it is written anew.
/// </summary>
/// <remarks>
/// A file has that name only when all of it is on the disk. What has another was being written when the process ended,
/// and of two numbers of one day the higher is the one that counts: both are cleared away at the next start.
/// </remarks>
internal sealed class HistoryFolder(string path)
{
    private const string Extension = ".parquet";
    private const string PartExtension = ".part";
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>The folder beside a store's files.</summary>
    public static HistoryFolder Of(string storePath)
    {
        var full = System.IO.Path.GetFullPath(storePath);
        return new(
            System.IO.Path.Combine(
                System.IO.Path.GetDirectoryName(full)!,
                System.IO.Path.GetFileNameWithoutExtension(full) + ".history"
            )
        );
    }

    public string Path => path;

    private string LooksPath => System.IO.Path.Combine(path, "looks.json");

    /// <summary>Where a day's file stands.</summary>
    public string FileOf(DateOnly day, int edition) => System.IO.Path.Combine(path, Name(day, edition) + Extension);

    /// <summary>Where it stands while it is written.</summary>
    public string PartOf(DateOnly day, int edition) => FileOf(day, edition) + PartExtension;

    /// <summary>Where some of its rows stand, meanwhile.</summary>
    public string RowsOf(DateOnly day, int edition) =>
        System.IO.Path.Combine(path, Name(day, edition) + ".rows" + PartExtension);

    /// <summary>Makes the folder, for the first snapshot.</summary>
    public void Make() => Directory.CreateDirectory(path);

    /// <summary>Removes what a process left that was ended while it wrote.</summary>
    /// <returns>The files that are left, the newest day first.</returns>
    public IReadOnlyList<(DateOnly Day, int Edition)> Clear()
    {
        if (!Directory.Exists(path))
            return [];
        foreach (var part in Directory.EnumerateFiles(path, "*" + PartExtension).ToList())
            File.Delete(part);
        List<(DateOnly Day, int Edition)> kept = [];
        foreach (var day in Files().GroupBy(file => file.Day).OrderByDescending(day => day.Key))
        {
            var newest = day.Max(file => file.Edition);
            foreach (var (_, edition) in day.Where(file => file.Edition < newest))
                File.Delete(FileOf(day.Key, edition));
            kept.Add((day.Key, newest));
        }

        return kept;
    }

    /// <summary>Gives a file that is whole its name.</summary>
    public void Publish(DateOnly day, int edition) => File.Move(PartOf(day, edition), FileOf(day, edition));

    /// <summary>When each day was last looked at for accounts that are gone; nothing where that is not known.</summary>
    public Dictionary<DateOnly, DateTimeOffset> ReadLooks()
    {
        try
        {
            if (
                File.Exists(LooksPath)
                && JsonSerializer.Deserialize<Dictionary<DateOnly, DateTimeOffset>>(File.ReadAllBytes(LooksPath))
                    is { } looks
            )
                return looks;
        }
        catch (JsonException)
        {
            // Looking once too often costs little; too seldom is what may not be.
        }

        return [];
    }

    /// <summary>Replaces in one step what <see cref="ReadLooks"/> reads.</summary>
    public void WriteLooks(IReadOnlyDictionary<DateOnly, DateTimeOffset> looks)
    {
        var part = LooksPath + PartExtension;
        using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, looks);
            stream.Flush(flushToDisk: true);
        }

        File.Move(part, LooksPath, overwrite: true);
    }

    private IEnumerable<(DateOnly Day, int Edition)> Files()
    {
        foreach (var file in Directory.EnumerateFiles(path, "*" + Extension))
        {
            if (
                System.IO.Path.GetFileNameWithoutExtension(file).Split('.') is [var day, var edition]
                && DateOnly.TryParseExact(day, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var of)
                && int.TryParse(edition, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            )
                yield return (of, number);
        }
    }

    private static string Name(DateOnly day, int edition) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{day.ToString(DayFormat, CultureInfo.InvariantCulture)}.{edition}"
        );
}
