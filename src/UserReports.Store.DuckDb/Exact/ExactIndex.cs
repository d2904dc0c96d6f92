using System.IO.Hashing;
using UserReports.Store.DuckDb.Changes;

namespace UserReports.Store.DuckDb.Exact;

/// <summary>
/// Which rows may have a certain text: those whose text has its hash. A row has eight bytes here; whether it has the
/// text is for others to say.
/// </summary>
internal sealed class ExactIndex
{
    private readonly ulong[] entries;
    private readonly Lock gate = new();
    private Dictionary<uint, List<ChangedRow>> changed = [];

    /// <param name="entries">As <see cref="Entry"/> makes them, in any order; the array is taken over.</param>
    public ExactIndex(ulong[] entries)
    {
        Array.Sort(entries);
        this.entries = entries;
    }

    /// <summary>Where changed rows have their text.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>The first version of which all changed rows are known.</summary>
    public long Since { get; set; }

    public long Bytes => entries.Length * 8L;

    public static ulong Entry(ReadOnlySpan<byte> text, int ordinal) => ((ulong)Hash(text) << 32) | (uint)ordinal;

    /// <summary>Rows of the base; null if there are more than <paramref name="max"/>.</summary>
    public int[]? OfBase(ReadOnlySpan<byte> text, int max)
    {
        var first = Array.BinarySearch(entries, (ulong)Hash(text) << 32);
        if (first < 0)
            first = ~first;
        var end = first;
        for (var hash = Hash(text); end < entries.Length && (uint)(entries[end] >> 32) == hash; end++)
        {
            if (end - first == max)
                return null;
        }

        return [.. entries.AsSpan(first, end - first).ToArray().Select(entry => (int)(uint)entry)];
    }

    /// <summary>Changed rows of a version.</summary>
    public List<ChangedRow> Changed(ReadOnlySpan<byte> text, long version)
    {
        lock (gate)
            return changed.TryGetValue(Hash(text), out var rows) ? rows.FindAll(row => row.IsIn(version)) : [];
    }

    public void Add(IReadOnlyList<ChangedRow> rows)
    {
        lock (gate)
        {
            foreach (var row in rows)
            {
                if (row.Key(Slot).Text is not { } text)
                    continue;
                if (!changed.TryGetValue(Hash(text), out var same))
                    changed[Hash(text)] = same = [];
                same.Add(row);
            }
        }
    }

    /// <summary>Forgets changed rows that no version from this one on has.</summary>
    public void Forget(long version)
    {
        lock (gate)
        {
            foreach (var rows in changed.Values)
                rows.RemoveAll(row => row.Removed <= version);
            changed = changed.Where(pair => pair.Value.Count > 0).ToDictionary();
        }
    }

    private static uint Hash(ReadOnlySpan<byte> text) => (uint)XxHash3.HashToUInt64(text);
}
