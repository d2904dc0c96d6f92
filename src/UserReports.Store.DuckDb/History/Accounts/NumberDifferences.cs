namespace UserReports.Store.DuckDb.History.Accounts;

/// <summary>Whole numbers as Parquet's encoding <c>DELTA_BINARY_PACKED</c> writes them: the first, and in blocks what
/// each differs from the one before, less the least such difference, in as many bits as the largest needs.</summary>
internal static class NumberDifferences
{
    private const int BitsMax = 64;
    private const long BlockMax = 1 << 20;

    /// <summary>Reads all numbers of a page.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="InvalidDataException">They are not written so, or there are more than was asked for.</exception>
    public static int Read(ReadOnlySpan<byte> page, Span<long> numbers)
    {
        var (block, parts) = ((long)Take(ref page), (long)Take(ref page));
        var count = Take(ref page);
        if (block is < 1 or > BlockMax || parts < 1 || block % parts != 0 || count < 1 || count > (ulong)numbers.Length)
            throw Damaged();
        var number = Zigzag(Take(ref page));
        numbers[0] = number;
        for (var read = 1; read < (int)count; )
        {
            var least = Zigzag(Take(ref page));
            var widths = Cut(ref page, parts);
            for (var part = 0; part < parts && read < (int)count; part++)
            {
                int width = widths[part];
                if (width > BitsMax)
                    throw Damaged();
                var bits = Cut(ref page, ((block / parts * width) + 7) / 8);
                for (var i = 0; i < block / parts && read < (int)count; i++)
                    numbers[read++] = number = unchecked(number + least + (long)Bits(bits, (long)i * width, width));
            }
        }

        return (int)count;
    }

    private static ulong Bits(ReadOnlySpan<byte> bytes, long at, int width)
    {
        ulong value = 0;
        for (var got = 0; got < width; )
        {
            var offset = (int)((at + got) & 7);
            var part = (ulong)bytes[(int)((at + got) >> 3)] >> offset;
            value |= part << got;
            got += 8 - offset;
        }

        return width == BitsMax ? value : value & ((1UL << width) - 1);
    }

    private static ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> page, long length)
    {
        if (length > page.Length)
            throw Damaged();
        var cut = page[..(int)length];
        page = page[(int)length..];
        return cut;
    }

    private static ulong Take(ref ReadOnlySpan<byte> page)
    {
        ulong number = 0;
        for (var shift = 0; shift < BitsMax; shift += 7)
        {
            var part = Cut(ref page, 1)[0];
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return number;
        }

        throw Damaged();
    }

    private static long Zigzag(ulong number) => (long)(number >> 1) ^ -(long)(number & 1);

    private static InvalidDataException Damaged() => new("A page of its accounts cannot be read.");
}
