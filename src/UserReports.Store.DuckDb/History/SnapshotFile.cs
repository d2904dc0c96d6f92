using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using DuckDB.NET.Data;
using Microsoft.Win32.SafeHandles;
using UserReports.Store.Documents;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.History.Accounts;
using UserReports.Store.DuckDb.History.Parquet;
using UserReports.Store.History;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.History;

/// <summary>
/// The file of one day, open for reading. It stays on the disk until its last reader has left, whatever becomes of the
/// day meanwhile.
/// </summary>
internal sealed class SnapshotFile : IDisposable
{
    private const int ReadBytes = 1024 * 1024;

    /// <summary>More than a block of documents ever takes; what says more was not written by us.</summary>
    private const int BlockTextBytesMax = 1 << 30;

    private readonly object gate = new();
    private readonly SafeFileHandle file;
    private readonly long[] firstRows;
    private readonly SnapshotDatabase database;
    private readonly AccountColumn accounts;
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SnapshotTable? table;
    private int leases;
    private bool retired;
    private bool deletes;

    private SnapshotFile(
        DateOnly day,
        int edition,
        string path,
        SafeFileHandle file,
        SnapshotNotes notes,
        AccountColumn accounts,
        SnapshotDatabase database
    )
    {
        (Day, Edition, Path, Notes, this.file, this.database) = (day, edition, path, notes, file, database);
        this.accounts = accounts;
        Bytes = RandomAccess.GetLength(file);
        firstRows = new long[notes.Blocks.Count];
        for (var i = 1; i < firstRows.Length; i++)
            firstRows[i] = firstRows[i - 1] + notes.Blocks[i - 1].Rows;
        Description = new(day, notes.TakenAt, notes.Rows, Bytes, notes.Fields.Keys.ToHashSet(StringComparer.Ordinal));
        Snapshot = new(
            string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}.{edition}"),
            notes.TakenAt,
            notes.Rows
        );
    }

    public DateOnly Day { get; }

    public int Edition { get; }

    public string Path { get; }

    public long Bytes { get; }

    public SnapshotNotes Notes { get; }

    public DailySnapshot Description { get; }

    public SnapshotInfo Snapshot { get; }

    /// <summary>Opens a file and reads what it says of itself.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message says how.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SnapshotFile Open(DateOnly day, int edition, string path, SnapshotDatabase database)
    {
        var file = File.OpenHandle(path, share: FileShare.Read | FileShare.Delete);
        try
        {
            var footer = ParquetFooter.Read(file, out var end);
            var notes = SnapshotNotes.Read(footer);
            var isWhole =
                notes
                    .Groups.Concat(notes.Blocks)
                    .All(part => part is { At: > 0, Bytes: >= 0, Rows: >= 0 } && part.At + part.Bytes <= end)
                && notes.Blocks.Sum(block => (long)block.Rows) == notes.Rows;
            return isWhole
                ? new(day, edition, path, file, notes, new(footer.ChunksOf(ColumnNames.UserId)), database)
                : throw new InvalidDataException("It is shorter than it says.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the file for a reader; null if it is being removed.</summary>
    public IDisposable? TryEnter()
    {
        lock (gate)
        {
            if (retired)
                return null;
            leases++;
            return new Lease(this);
        }
    }

    /// <summary>Whether it was retired, and its last reader has left.</summary>
    public bool IsClosed => gone.Task.IsCompleted;

    /// <summary>Closes the file when its last reader has left.</summary>
    /// <param name="delete">And removes it.</param>
    /// <returns>Ends when it is closed.</returns>
    public Task Retire(bool delete)
    {
        lock (gate)
            (retired, deletes) = (true, deletes || delete);
        CloseIfUnused();
        return gone.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => Retire(delete: false);

    /// <summary>The database that asks the file's columns.</summary>
    public SnapshotDatabase Database => database;

    /// <summary>The file's columns in it.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public SnapshotTable Table()
    {
        lock (gate)
        {
            if (table is not null)
                return table;
            foreach (var group in Notes.Groups)
                Check(group);
            return table = database.Add(Path, Notes);
        }
    }

    /// <summary>A connection to which the table <c>reports</c> is this file's.</summary>
    /// <inheritdoc cref="Table"/>
    public DuckDBConnection Connect() => database.Connect(Table());

    /// <summary>The numbers of an account's rows in the file.</summary>
    /// <exception cref="InvalidDataException">The columns are damaged.</exception>
    public IReadOnlyList<long> RowsOf(long account)
    {
        if (accounts.Find(file, account) is { } rows)
            return rows;
        using var connection = Connect();
        return connection.Rows(
            $"select document from reports where {ColumnNames.UserId} = $1 order by document",
            row => row.GetInt64(0),
            account
        );
    }

    /// <summary>Reads everything.</summary>
    /// <exception cref="InvalidDataException">Some of it is damaged.</exception>
    public void Examine(CancellationToken cancellationToken)
    {
        foreach (var part in Notes.Groups.Concat(Notes.Blocks))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Check(part);
        }
    }

    /// <summary>The documents of rows, in their order.</summary>
    /// <exception cref="InvalidDataException">A block is damaged.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> Read(IReadOnlyList<long> rows)
    {
        var documents = new ReadOnlyMemory<byte>[rows.Count];
        var blocks = BlocksOf([.. rows]);
        Parallel.ForEach(
            blocks,
            new ParallelOptions { MaxDegreeOfParallelism = database.Threads },
            block => Read(block, (place, document) => documents[place] = document.ToArray())
        );
        return documents;
    }

    /// <summary>The same with memory that is used again.</summary>
    /// <exception cref="InvalidDataException">A block is damaged.</exception>
    public DocumentBatch ReadBatch(ReadOnlyMemory<long> rows)
    {
        var batch = new DocumentBatch(rows.Length);
        try
        {
            foreach (var block in BlocksOf(rows.ToArray()))
                Read(block, batch.Put);
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>Appends a group's rows to another file as they are.</summary>
    /// <param name="footer">A copy of the file's own, which is changed.</param>
    public void CopyGroup(int index, long firstRow, ParquetFooter footer, SnapshotOutput output)
    {
        var group = Notes.Groups[index];
        var first = Array.BinarySearch(firstRows, firstRow);
        var last = Array.BinarySearch(firstRows, firstRow + group.Rows);
        output.AddGroup(
            file,
            footer,
            index,
            group,
            Notes.Blocks.Take(last < 0 ? ~last : last).Skip(first < 0 ? ~first : first)
        );
    }

    private List<(int Block, List<(int Place, int Index)> Rows)> BlocksOf(long[] rows)
    {
        var places = new int[rows.Length];
        for (var i = 0; i < places.Length; i++)
            places[i] = i;
        Array.Sort(rows, places);
        List<(int Block, List<(int Place, int Index)> Rows)> blocks = [];
        for (var i = 0; i < rows.Length; i++)
        {
            var found = Array.BinarySearch(firstRows, rows[i]);
            var block = found < 0 ? ~found - 1 : found;
            if (blocks.Count == 0 || blocks[^1].Block != block)
                blocks.Add((block, []));
            blocks[^1].Rows.Add((places[i], (int)(rows[i] - firstRows[block])));
        }

        return blocks;
    }

    private void Read((int Block, List<(int Place, int Index)> Rows) asked, Action<int, ReadOnlySpan<byte>> put)
    {
        var block = Notes.Blocks[asked.Block];
        var packed = ArrayPool<byte>.Shared.Rent((int)block.Bytes);
        byte[]? text = null;
        try
        {
            var bytes = packed.AsSpan(0, (int)block.Bytes);
            if (RandomAccess.Read(file, bytes, block.At) != bytes.Length || XxHash3.HashToUInt64(bytes) != block.Hash)
                throw Damaged(block);
            var length = BitConverter.ToInt32(bytes);
            if (length is < 1 or > BlockTextBytesMax)
                throw Damaged(block);
            text = ArrayPool<byte>.Shared.Rent(length);
            if (
                !BrotliDecoder.TryDecompress(bytes[4..], text.AsSpan(0, length), out var unpacked)
                || unpacked != length
            )
                throw Damaged(block);
            var documents = new TransposedDocuments(text.AsMemory(0, length));
            if (documents.Count != block.Rows)
                throw Damaged(block);
            var output = new ArrayBufferWriter<byte>(4096);
            foreach (var (place, index) in asked.Rows)
            {
                output.ResetWrittenCount();
                documents.Write(index, output);
                put(place, output.WrittenSpan);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
            if (text is not null)
                ArrayPool<byte>.Shared.Return(text);
        }
    }

    private void Check(SnapshotPart part)
    {
        var hash = new XxHash3();
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            for (var left = part.Bytes; left > 0; )
            {
                var read = RandomAccess.Read(
                    file,
                    buffer.AsSpan(0, (int)Math.Min(left, ReadBytes)),
                    part.At + part.Bytes - left
                );
                if (read == 0)
                    throw Damaged(part);
                hash.Append(buffer.AsSpan(0, read));
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (hash.GetCurrentHashAsUInt64() != part.Hash)
            throw Damaged(part);
    }

    private static InvalidDataException Damaged(SnapshotPart part) =>
        new(string.Create(CultureInfo.InvariantCulture, $"It does not have its checksum at byte {part.At}."));

    private void Leave()
    {
        lock (gate)
            leases--;
        CloseIfUnused();
    }

    private void CloseIfUnused()
    {
        lock (gate)
        {
            if (!retired || leases > 0 || file.IsClosed)
                return;
            try
            {
                if (table is not null)
                    database.Remove(table);
                file.Dispose();
                if (deletes)
                    File.Delete(Path);
            }
            finally
            {
                gone.TrySetResult();
            }
        }
    }

    private sealed class Lease(SnapshotFile owner) : IDisposable
    {
        private SnapshotFile? owner = owner;

        public void Dispose() => Interlocked.Exchange(ref owner, null)?.Leave();
    }
}
