using System.Buffers;
using UserReports.Store.ClickHouse.Tables;

namespace UserReports.Store.ClickHouse.Servers;

/// <summary>Rows of an answer in the format RowBinary, as they come.</summary>
internal static class RowStream
{
    private const int FirstBytes = 256 * 1024;

    /// <summary>Takes all rows of a stream.</summary>
    /// <exception cref="IOException">It ends within a row, or holds something else.</exception>
    public static async Task TakeAsync(Stream stream, TakeRow take, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        try
        {
            var filled = 0;
            while (true)
            {
                // A row that is longer than all that there is room for.
                if (filled == buffer.Length)
                    Grow(ref buffer);
                var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
                if (read == 0)
                    break;
                filled += read;
                var taken = TakeAll(buffer.AsSpan(0, filled), take);
                buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
                filled -= taken;
            }

            if (filled > 0)
                throw new EndOfStreamException("The server broke off its answer.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int TakeAll(ReadOnlySpan<byte> bytes, TakeRow take)
    {
        var taken = 0;
        while (taken < bytes.Length)
        {
            var row = new RowBinaryReader(bytes[taken..]);
            if (!take(ref row))
                break;
            taken += row.Taken;
        }

        return taken;
    }

    private static void Grow(ref byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
