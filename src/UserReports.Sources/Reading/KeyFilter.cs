using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace UserReports.Sources.Reading;

/// <summary>
/// Remembers keys in memory that does not grow with their number (a Bloom filter): of a key that was added it always
/// knows, and of one in a thousand others it claims to, up to 3 million keys.
/// </summary>
internal sealed class KeyFilter
{
    private const int Probes = 3;
    private const int BitsLog2 = 25;

    private readonly ulong[] words = new ulong[1 << (BitsLog2 - 6)];

    public void Add(string key)
    {
        var hash = Hash(key);
        for (var i = 0; i < Probes; i++)
        {
            var bit = Bit(hash, i);
            words[bit >> 6] |= 1UL << (bit & 63);
        }
    }

    /// <summary>False for a key that was surely not added.</summary>
    public bool MayContain(string key)
    {
        var hash = Hash(key);
        for (var i = 0; i < Probes; i++)
        {
            var bit = Bit(hash, i);
            if ((words[bit >> 6] & (1UL << (bit & 63))) == 0)
                return false;
        }

        return true;
    }

    private static ulong Hash(string key) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(key.AsSpan()));

    private static int Bit(ulong hash, int probe) =>
        (int)(((uint)hash + ((uint)probe * ((uint)(hash >> 32) | 1))) >> (32 - BitsLog2));
}
