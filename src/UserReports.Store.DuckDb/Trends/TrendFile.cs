using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace UserReports.Store.DuckDb.Trends;

/// <summary>
/// The file of trends: a mark and the day, blocks of rows by account, then an index of the blocks. It is small, since
/// most rows never change and numbers take as many bytes as they need; it is read by ranges of accounts; and it is
/// worth nothing for long, so that one of another form is no loss.
/// </summary>
/// <remarks>
/// Mark (8 bytes), day (4), blocks; for each block its first account, its place, its length and its checksum (32
/// bytes); number of blocks (8), checksum of the index (8).
/// </remarks>
internal static class TrendFile
{
    public const int RowsOfBlock = 1024;
    public const int HeadBytes = 12;
    public const int EntryBytes = 32;
    public const int TailBytes = 16;

    /// <summary>The most that a row takes: see <see cref="TrendCodec"/>.</summary>
    public const int RowBytesMax = 128;

    /// <summary>Changes with the form of what follows.</summary>
    public static ReadOnlySpan<byte> Mark => "URTREND1"u8;

    /// <summary>Beside the store's files.</summary>
    public static string PathOf(string storePath)
    {
        var full = Path.GetFullPath(storePath);
        return Path.Combine(Path.GetDirectoryName(full)!, $"{Path.GetFileNameWithoutExtension(full)}.trends");
    }

    /// <summary>
    /// What stands for an organisation: rows of one account are told apart by it, and an account has a few at most.
    /// </summary>
    public static ulong KeyOf(string? organizationId) =>
        organizationId is null ? 0 : XxHash3.HashToUInt64(MemoryMarshal.AsBytes(organizationId.AsSpan()));

    public static void WriteEntry(Span<byte> entry, long firstId, long place, long length, ulong checksum)
    {
        BinaryPrimitives.WriteInt64LittleEndian(entry, firstId);
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], place);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], length);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], checksum);
    }
}
