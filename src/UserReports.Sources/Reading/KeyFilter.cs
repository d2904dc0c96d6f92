using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace UserReports.Sources.Reading;

/// <summary>
/// Remembers keys in memory that does not grow with their number (a Bloom filter): of a key that was added it always
/// knows. Of others it takes one in 600 for known at a million keys, one in 30 at four million.
/// </summary>
/// <remarks>The bits of a key stand in one word, so that a question costs one look at memory.</remarks>
internal sealed class KeyFilter
{
    private const int WordsLog2 = 19;

    private readonly ulong[] words = new ulong[1 << WordsLog2];

    public void Add(string key)
    {
        var (word, bits) = Place(key);
        words[word] |= bits;
    }

    /// <summary>False for a key that was surely not added.</summary>
    public bool MayContain(string key)
    {
        var (word, bits) = Place(key);
        return (words[word] & bits) == bits;
    }

    private static (int Word, ulong Bits) Place(string key)
    {
        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(key.AsSpan()));
        return (
            (int)(hash >> (64 - WordsLog2)),
            (1UL << (int)(hash & 63)) | (1UL << (int)((hash >> 6) & 63)) | (1UL << (int)((hash >> 12) & 63))
        );
    }
}
