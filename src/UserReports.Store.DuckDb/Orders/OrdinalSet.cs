using System.Numerics;

namespace UserReports.Store.DuckDb.Orders;

/// <summary>Rows of the base: a list of few, a bit each for many.</summary>
internal sealed class OrdinalSet
{
    private readonly int[] few;
    private readonly byte[]? bits;

    /// <param name="bits">From the highest bit of the first byte on; nobody changes them any more.</param>
    /// <param name="offset">Bits that stand before the first row's.</param>
    public OrdinalSet(byte[] bits, int offset)
    {
        (this.bits, Offset, few) = (bits, offset, []);
        foreach (var each in bits)
            Count += BitOperations.PopCount(each);
        Count -= BitOperations.PopCount((uint)(bits.Length == 0 ? 0 : bits[0] & ~(0xff >> offset)));
        // Four bytes each are less than the bits then.
        if (Count * 32L >= bits.Length * 8L)
            return;
        few = new int[Count];
        var next = 0;
        for (var i = 0; i < bits.Length; i++)
        {
            for (var left = i == 0 ? bits[0] & (0xff >> offset) : bits[i]; left != 0; )
            {
                var bit = BitOperations.LeadingZeroCount((uint)left) - 24;
                few[next++] = (i * 8) + bit - offset;
                left &= ~(0x80 >> bit);
            }
        }

        this.bits = null;
    }

    /// <summary>None.</summary>
    public OrdinalSet() => few = [];

    public int Count { get; }

    public long Bytes => (few.Length * 4L) + (bits?.Length ?? 0);

    private int Offset { get; }

    public bool Contains(int ordinal)
    {
        if (bits is null)
            return Array.BinarySearch(few, ordinal) >= 0;
        var place = ordinal + Offset;
        return (bits[place >> 3] & (0x80 >> (place & 7))) != 0;
    }

    /// <summary>The rows, if they are few.</summary>
    public int[]? Few => bits is null ? few : null;
}
