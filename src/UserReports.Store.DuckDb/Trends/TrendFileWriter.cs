using System.Buffers.Binary;
using System.IO.Hashing;
using UserReports.Core.Forecasting;

namespace UserReports.Store.DuckDb.Trends;

/// <summary>
/// Writes a file of trends, row by row in the order of accounts; a block is in memory at a time. What is written is
/// under another name until it is complete.
/// </summary>
internal sealed class TrendFileWriter : IDisposable
{
    private readonly string path;
    private readonly FileStream file;
    private readonly byte[] block = new byte[TrendFile.RowsOfBlock * TrendFile.RowBytesMax];
    private readonly List<byte[]> index = [];
    private int length;
    private int rows;
    private long firstId;
    private long lastId = long.MinValue;
    private long place = TrendFile.HeadBytes;

    /// <summary>A file that has no row yet.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public TrendFileWriter(string path, DateOnly day)
    {
        this.path = path;
        file = new(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None);
        Span<byte> head = stackalloc byte[TrendFile.HeadBytes];
        TrendFile.Mark.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], day.DayNumber);
        file.Write(head);
    }

    /// <summary>Adds a row.</summary>
    /// <exception cref="ArgumentException">An account came before one with a lower number.</exception>
    public void Add(long userId, string? organizationId, in StorageTrend trend)
    {
        if (userId < lastId)
            throw new ArgumentException($"Account {userId} came after account {lastId}.", nameof(userId));
        // An account's rows stay in one block, so that a look for them reads one.
        if (rows >= TrendFile.RowsOfBlock - 16 && (userId != lastId || rows == TrendFile.RowsOfBlock))
            Flush();
        if (rows == 0)
            firstId = lastId = userId;
        length += TrendCodec.Write(block.AsSpan(length), userId - lastId, TrendFile.KeyOf(organizationId), trend);
        rows++;
        lastId = userId;
    }

    /// <summary>Completes the file, and puts it in the place of the one before.</summary>
    /// <exception cref="IOException">The disk is full, for example; the one before stays.</exception>
    public void Complete()
    {
        Flush();
        var entries = index.SelectMany(entry => entry).ToArray();
        Span<byte> tail = stackalloc byte[TrendFile.TailBytes];
        BinaryPrimitives.WriteInt64LittleEndian(tail, index.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(tail[8..], XxHash3.HashToUInt64(entries));
        file.Write(entries);
        file.Write(tail);
        file.Flush(flushToDisk: true);
        file.Dispose();
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void Flush()
    {
        if (rows == 0)
            return;
        var written = block.AsSpan(0, length);
        var entry = new byte[TrendFile.EntryBytes];
        TrendFile.WriteEntry(entry, firstId, place, length, XxHash3.HashToUInt64(written));
        index.Add(entry);
        file.Write(written);
        place += length;
        (length, rows) = (0, 0);
    }
}
