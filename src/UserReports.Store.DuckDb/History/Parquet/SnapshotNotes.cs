using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserReports.Store.DuckDb.History.Parquet;

/// <summary>What a snapshot's file says of itself, in its footer; docs/decisions/027 freezes it.</summary>
/// <param name="Format">The version of the format: <see cref="FormatVersion"/>.</param>
/// <param name="Fields">Every field of the catalogue that wrote it, by its path, with its kind.</param>
/// <param name="KnownKeys">The keys of free-form JSON that have columns of their own, by the field's path.</param>
/// <param name="Groups">The row groups: where each begins, its bytes, its rows and its checksum.</param>
/// <param name="Blocks">The blocks of documents, in the rows' order, alike.</param>
/// <param name="Footer">The checksum of the rest of the footer.</param>
internal sealed record SnapshotNotes(
    int Format,
    DateTimeOffset TakenAt,
    IReadOnlyDictionary<string, string> Fields,
    IReadOnlyDictionary<string, IReadOnlyList<string>> KnownKeys,
    IReadOnlyList<SnapshotPart> Groups,
    IReadOnlyList<SnapshotPart> Blocks,
    ulong Footer
)
{
    /// <summary>What this version writes, and the highest that it reads.</summary>
    public const int FormatVersion = 1;

    /// <summary>Under which name the footer has them.</summary>
    public const string Name = "user_reports";

    /// <summary>Under which it has their checksum.</summary>
    private const string HashName = "user_reports.hash";

    [JsonIgnore]
    public long Rows => Groups.Sum(group => (long)group.Rows);

    /// <summary>Writes them where <see cref="Read"/> finds them.</summary>
    public void WriteTo(ParquetFooter footer)
    {
        var json = JsonSerializer.Serialize(this, SnapshotNotesJson.Default.SnapshotNotes);
        footer.Write((Name, json), (HashName, HashOf(json)));
    }

    /// <summary>What a footer says.</summary>
    /// <exception cref="InvalidDataException">It says nothing, or is damaged.</exception>
    public static SnapshotNotes Read(ParquetFooter footer)
    {
        var json = footer.Note(Name) ?? throw new InvalidDataException("It does not say what it is.");
        if (footer.Note(HashName) != HashOf(json))
            throw new InvalidDataException("What it says of itself does not have its checksum.");
        var notes = Parse(json);
        return XxHash3.HashToUInt64(footer.WithoutNotes()) == notes.Footer
            ? notes
            : throw new InvalidDataException("Its footer does not have its checksum.");
    }

    private static string HashOf(string json) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(json)).ToString("x16", CultureInfo.InvariantCulture);

    private static SnapshotNotes Parse(string json)
    {
        try
        {
            if (
                JsonSerializer.Deserialize(json, SnapshotNotesJson.Default.SnapshotNotes) is
                { Fields: not null, KnownKeys: not null, Groups: not null, Blocks: not null } notes
            )
            {
                return notes.Format <= FormatVersion
                    ? notes
                    : throw new InvalidDataException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"It was written by a later version, in format {notes.Format}."
                        )
                    );
            }
        }
        catch (JsonException)
        {
            // Told below, like JSON that says something else.
        }

        throw new InvalidDataException("What it says of itself cannot be read.");
    }
}

/// <summary>A part of a snapshot's file.</summary>
/// <param name="At">Where it begins.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Rows">How many rows it holds.</param>
/// <param name="Hash">The xxHash (XXH3, 64 bits) of its bytes.</param>
internal readonly record struct SnapshotPart(long At, long Bytes, int Rows, ulong Hash);

[JsonSerializable(typeof(SnapshotNotes))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class SnapshotNotesJson : JsonSerializerContext;
