using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using UserReports.Store.DuckDb.History.Parquet;
using ZstdSharp;

namespace UserReports.Store.DuckDb.History.Accounts;

/// <summary>
/// The column of a file by which its rows are sorted, read by itself: whose rows a row group holds is known from the
/// footer, and which of them are an account's from some ten kilobytes of that group.
/// </summary>
/// <remarks>
/// Only what the engine writes for ascending numbers is read: pages of differences, packed with zstd or not at all. For
/// anything else, as of accounts with hundreds of rows each, the engine is to be asked.
/// </remarks>
internal sealed class AccountColumn
{
    private const int Zstd = 6;
    private const int Unpacked = 0;
    private const int DataPage = 0;
    private const int DataPageV2 = 3;
    private const int Differences = 5;

    private readonly IReadOnlyList<ParquetChunk> chunks;
    private readonly long[] firstRows;

    /// <param name="chunks">The column's, in the order of the row groups.</param>
    public AccountColumn(IReadOnlyList<ParquetChunk> chunks)
    {
        this.chunks = chunks;
        firstRows = new long[chunks.Count];
        for (var i = 1; i < firstRows.Length; i++)
            firstRows[i] = firstRows[i - 1] + chunks[i - 1].Rows;
    }

    /// <summary>The numbers of an account's rows in the file, ascending.</summary>
    /// <returns>Null if the column is not written so.</returns>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public IReadOnlyList<long>? Find(SafeFileHandle file, long account)
    {
        List<long> rows = [];
        for (var i = 0; i < chunks.Count; i++)
        {
            var chunk = chunks[i];
            if (chunk.Least is not { } least || chunk.Most is not { } most || chunk.Codec is not (Zstd or Unpacked))
                return null;
            if (account < least || account > most)
                continue;
            var ids = ArrayPool<long>.Shared.Rent(chunk.Rows);
            try
            {
                var accounts = ids.AsSpan(0, chunk.Rows);
                if (!Read(file, chunk, accounts))
                    return null;
                if (accounts[0] != least || accounts[^1] != most)
                    throw new InvalidDataException("Its column of accounts does not hold those that it says.");
                var at = accounts.BinarySearch(account);
                if (at < 0)
                    continue;
                while (at > 0 && accounts[at - 1] == account)
                    at--;
                for (; at < accounts.Length && accounts[at] == account; at++)
                    rows.Add(firstRows[i] + at);
            }
            finally
            {
                ArrayPool<long>.Shared.Return(ids);
            }
        }

        return rows;
    }

    private static bool Read(SafeFileHandle file, ParquetChunk chunk, Span<long> ids)
    {
        var bytes = new byte[chunk.Bytes];
        if (RandomAccess.Read(file, bytes, chunk.At) != bytes.Length)
            throw new InvalidDataException("It is shorter than it says.");
        ReadOnlySpan<byte> rest = bytes;
        for (var read = 0; read < ids.Length; )
        {
            var header = ThriftValue.ReadFirst(ref rest);
            var (packed, unpacked) = ((int)header[3].Number, (int)header[2].Number);
            if (packed < 0 || packed > rest.Length || unpacked < 0 || unpacked > int.MaxValue / 2)
                throw new InvalidDataException("A page of its accounts is longer than it says.");
            var page = rest[..packed];
            rest = rest[packed..];
            ReadOnlySpan<byte> values;
            switch (header[1].Number)
            {
                case DataPage when header[5][2].Number == Differences:
                    values = WithoutLevels(Unpack(page, unpacked, chunk.Codec), chunk.IsNullable);
                    break;
                case DataPageV2 when header[8][4].Number == Differences:
                    // Levels stand before what is packed.
                    var levels = (int)(header[8][5].Number + header[8][6].Number);
                    if (levels < 0 || levels > page.Length)
                        throw new InvalidDataException("A page of its accounts is longer than it says.");
                    values = Unpack(page[levels..], unpacked - levels, chunk.Codec);
                    break;
                default:
                    return false;
            }

            read += NumberDifferences.Read(values, ids[read..]);
        }

        return true;
    }

    /// <summary>Which values are null, which none is, stands before them with its length.</summary>
    private static ReadOnlySpan<byte> WithoutLevels(ReadOnlySpan<byte> page, bool isNullable)
    {
        if (!isNullable)
            return page;
        return
            page.Length >= sizeof(int)
            && BinaryPrimitives.ReadInt32LittleEndian(page) is >= 0 and var length
            && length <= page.Length - sizeof(int)
            ? page[(sizeof(int) + length)..]
            : throw new InvalidDataException("A page of its accounts is longer than it says.");
    }

    private static ReadOnlySpan<byte> Unpack(ReadOnlySpan<byte> page, int length, long codec)
    {
        if (codec == Unpacked)
            return page;
        var bytes = new byte[Math.Max(0, length)];
        try
        {
            using var zstd = new Decompressor();
            return zstd.Unwrap(page, bytes) == bytes.Length
                ? bytes
                : throw new InvalidDataException("A page of its accounts is shorter than it says.");
        }
        catch (ZstdException e)
        {
            throw new InvalidDataException($"A page of its accounts cannot be unpacked: {e.Message}", e);
        }
    }
}
