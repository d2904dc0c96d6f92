using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace UserReports.Sources.Stripe;

/// <summary>
/// Remembers keys in memory that does not grow with their number (a Bloom filter): of a key that was added it always
/// knows. Of others it takes one in 600 for known at a million keys, one in 30 at four million.
/// </summary>
/// <remarks>The bits of a key stand in one word, so that a question costs one look at memory.</remarks>
internal sealed class BloomFilter
{
    private const int WordsLog2Max = 19;

    /// <summary>With as few of its bits set, a filter hardly ever takes one key for another.</summary>
    private const double SetMax = 1 / 16.0;

    private int wordsLog2 = WordsLog2Max;
    private ulong[] words = new ulong[1 << WordsLog2Max];

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

    /// <summary>
    /// To be called after the last key: gives back the memory that so few keys do not need. What stays near the
    /// processor answers several times as fast.
    /// </summary>
    public void Shrink()
    {
        while (wordsLog2 > 1 && words.Sum(BitOperations.PopCount) <= SetMax * (words.Length / 2) * 64)
        {
            // Keys of one half-sized word are those of two neighbours.
            var half = new ulong[words.Length / 2];
            for (var i = 0; i < half.Length; i++)
                half[i] = words[2 * i] | words[(2 * i) + 1];
            words = half;
            wordsLog2--;
        }
    }

    private (int Word, ulong Bits) Place(string key)
    {
        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(key.AsSpan()));
        return (
            (int)(hash >> (64 - wordsLog2)),
            (1UL << (int)(hash & 63)) | (1UL << (int)((hash >> 6) & 63)) | (1UL << (int)((hash >> 12) & 63))
        );
    }
}
