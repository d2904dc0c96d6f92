using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace UserReports.Store.DuckDb.Trends;

/// <summary>Reads a file of trends by ranges of accounts; any number of threads do so at once.</summary>
internal sealed class TrendFileReader : IDisposable
{
    private readonly SafeFileHandle file;
    private readonly Block[] blocks;

    private TrendFileReader(SafeFileHandle file, Block[] blocks, DateOnly day)
    {
        this.file = file;
        this.blocks = blocks;
        Day = day;
    }

    /// <summary>The day of the latest snapshot in it.</summary>
    public DateOnly Day { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another form.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TrendFileReader Open(string path)
    {
        var file = File.OpenHandle(path, share: FileShare.Read | FileShare.Delete);
        try
        {
            var bytes = RandomAccess.GetLength(file);
            if (bytes < TrendFile.HeadBytes + TrendFile.TailBytes)
                throw new InvalidDataException("it is too short");
            var head = Take(file, 0, TrendFile.HeadBytes);
            if (!head.AsSpan(0, 8).SequenceEqual(TrendFile.Mark))
                throw new InvalidDataException("it is of another form");
            var tail = Take(file, bytes - TrendFile.TailBytes, TrendFile.TailBytes);
            var count = BinaryPrimitives.ReadInt64LittleEndian(tail);
            var room = bytes - TrendFile.HeadBytes - TrendFile.TailBytes;
            if (count < 0 || count > room / TrendFile.EntryBytes)
                throw new InvalidDataException("its index is damaged");
            var size = (int)(count * TrendFile.EntryBytes);
            var entries = Take(file, bytes - TrendFile.TailBytes - size, size);
            if (XxHash3.HashToUInt64(entries) != BinaryPrimitives.ReadUInt64LittleEndian(tail.AsSpan(8)))
                throw new InvalidDataException("its index is damaged");
            var day = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(8));
            if (day < 0 || day > DateOnly.MaxValue.DayNumber)
                throw new InvalidDataException("its day is none");
            return new(file, [.. entries.Chunk(TrendFile.EntryBytes).Select(Block.Of)], DateOnly.FromDayNumber(day));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The rows of a range of accounts.</summary>
    /// <exception cref="InvalidDataException">A block is damaged.</exception>
    public TrendRows Read(long firstId, long lastId)
    {
        var rows = new TrendRows();
        for (var i = IndexOf(firstId); i < blocks.Length && blocks[i].FirstId <= lastId; i++)
            Read(blocks[i], id => id >= firstId && id <= lastId, rows);
        return rows;
    }

    /// <summary>The rows of single accounts.</summary>
    /// <exception cref="InvalidDataException">A block is damaged.</exception>
    public TrendRows Read(IReadOnlyCollection<long> ids)
    {
        var wanted = ids.ToHashSet();
        var rows = new TrendRows();
        var next = 0;
        foreach (var id in wanted.Order())
        {
            for (next = Math.Max(next, IndexOf(id)); next < blocks.Length && blocks[next].FirstId <= id; next++)
                Read(blocks[next], wanted.Contains, rows);
        }

        return rows;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static byte[] Take(SafeFileHandle file, long place, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length; )
        {
            var some = RandomAccess.Read(file, bytes.AsSpan(read), place + read);
            if (some == 0)
                throw new InvalidDataException("it ends too early");
            read += some;
        }

        return bytes;
    }

    private void Read(Block block, Func<long, bool> isWanted, TrendRows rows)
    {
        if (block.Length is < 0 or > TrendFile.RowsOfBlock * TrendFile.RowBytesMax)
            throw new InvalidDataException("its index is damaged");
        var bytes = Take(file, block.Place, (int)block.Length);
        if (XxHash3.HashToUInt64(bytes) != block.Checksum)
            throw new InvalidDataException($"its rows from account {block.FirstId} on are damaged");
        var id = block.FirstId;
        for (var place = 0; place < bytes.Length; )
        {
            var (since, organization, trend) = TrendCodec.Read(bytes, ref place, Day);
            id += since;
            if (isWanted(id))
                rows.Add(id, organization, trend);
        }
    }

    /// <summary>The last block that begins before an account, where its rows may begin; 0 for none.</summary>
    private int IndexOf(long id)
    {
        var (first, end) = (0, blocks.Length);
        while (first < end)
        {
            var middle = (first + end) / 2;
            if (blocks[middle].FirstId < id)
                first = middle + 1;
            else
                end = middle;
        }

        return Math.Max(0, first - 1);
    }

    private readonly record struct Block(long FirstId, long Place, long Length, ulong Checksum)
    {
        public static Block Of(byte[] entry) =>
            new(
                BinaryPrimitives.ReadInt64LittleEndian(entry),
                BinaryPrimitives.ReadInt64LittleEndian(entry.AsSpan(8)),
                BinaryPrimitives.ReadInt64LittleEndian(entry.AsSpan(16)),
                BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(24))
            );
    }
}
