using System.Buffers;
using System.IO.Compression;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace UserReports.Store.DuckDb.History.Parquet;

/// <summary>
/// A snapshot's file while it is written: row groups that were Parquet files of their own, one after the other, and
/// behind each the documents of its rows in packed blocks. Nothing of it is in memory but what is being added.
/// </summary>
internal sealed class SnapshotOutput : IDisposable
{
    /// <summary>
    /// Documents that are packed together: more of them pack better, and cost a page more to take out.
    /// </summary>
    public const int BlockRows = 256;

    private const int CopyBytes = 256 * 1024;
    private const int PackingQuality = 4;
    private const int PackingWindowBits = 20;

    private readonly FileStream file;
    private readonly DocumentTransposer transposer = new();
    private readonly ArrayBufferWriter<byte> text = new();
    private readonly List<SnapshotPart> groups = [];
    private readonly List<SnapshotPart> blocks = [];
    private readonly List<ThriftValue> footers = [];
    private ParquetFooter? first;

    /// <param name="path">Made anew.</param>
    public SnapshotOutput(string path)
    {
        file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, CopyBytes);
        file.Write(ParquetFooter.Magic);
    }

    /// <summary>Takes a Parquet file's row groups over; their documents are to follow.</summary>
    public void AddGroup(string path)
    {
        using var source = File.OpenHandle(path);
        var footer = ParquetFooter.Read(source, out var end);
        if (first is not null && !first.HasSameColumnsAs(footer))
            throw new InvalidOperationException("The parts of a snapshot have different columns.");
        var start = ParquetFooter.Magic.Length;
        var rows = footer.Rows.Sum();
        var at = file.Position;
        groups.Add(Copy(source, start, end - start, (int)rows));
        footers.AddRange(footer.Moved(at - start));
        first ??= footer;
    }

    /// <summary>Takes a row group of another snapshot over as it is, with the documents of its rows.</summary>
    /// <param name="footer">Of that snapshot; no longer to be used for this group.</param>
    public void AddGroup(
        SafeFileHandle source,
        ParquetFooter footer,
        int index,
        SnapshotPart group,
        IEnumerable<SnapshotPart> documents
    )
    {
        var by = file.Position - group.At;
        groups.Add(Copy(source, group.At, group.Bytes, group.Rows));
        footers.Add(footer.Moved(index, by));
        first ??= footer;
        foreach (var block in documents)
            blocks.Add(Copy(source, block.At, block.Bytes, block.Rows));
    }

    /// <summary>Adds the document of the next row of the last group.</summary>
    public void AddDocument(ReadOnlySpan<byte> document)
    {
        transposer.Add(document);
        if (transposer.Count == BlockRows)
            EndDocuments();
    }

    /// <summary>Ends the documents of the last group.</summary>
    public void EndDocuments()
    {
        if (transposer.Count == 0)
            return;
        var rows = transposer.Count;
        text.ResetWrittenCount();
        transposer.Take(text);
        var packed = ArrayPool<byte>.Shared.Rent(4 + BrotliEncoder.GetMaxCompressedLength(text.WrittenCount));
        try
        {
            BitConverter.TryWriteBytes(packed, text.WrittenCount);
            if (
                !BrotliEncoder.TryCompress(
                    text.WrittenSpan,
                    packed.AsSpan(4),
                    out var length,
                    PackingQuality,
                    PackingWindowBits
                )
            )
                throw new InvalidOperationException("A block of documents could not be packed.");
            var block = packed.AsSpan(0, 4 + length);
            blocks.Add(new(file.Position, block.Length, rows, XxHash3.HashToUInt64(block)));
            file.Write(block);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <summary>Writes the footer, and waits until the disk has everything.</summary>
    public SnapshotNotes Finish(
        DateTimeOffset takenAt,
        IReadOnlyDictionary<string, string> fields,
        IReadOnlyDictionary<string, IReadOnlyList<string>> knownKeys,
        int format = SnapshotNotes.FormatVersion
    )
    {
        var footer = (first ?? throw new InvalidOperationException("A snapshot has no rows.")).With(footers);
        var notes = new SnapshotNotes(
            format,
            takenAt,
            fields,
            knownKeys,
            groups,
            blocks,
            XxHash3.HashToUInt64(footer.WithoutNotes())
        );
        notes.WriteTo(footer);
        file.Write(footer.ToTail());
        file.Flush(flushToDisk: true);
        return notes;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private SnapshotPart Copy(SafeFileHandle source, long start, long length, int rows)
    {
        var at = file.Position;
        var hash = new XxHash3();
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            for (var left = length; left > 0; )
            {
                var read = RandomAccess.Read(
                    source,
                    buffer.AsSpan(0, (int)Math.Min(left, buffer.Length)),
                    start + length - left
                );
                if (read == 0)
                    throw new EndOfStreamException("A part of a snapshot is shorter than it says.");
                file.Write(buffer, 0, read);
                hash.Append(buffer.AsSpan(0, read));
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new(at, length, rows, hash.GetCurrentHashAsUInt64());
    }
}
