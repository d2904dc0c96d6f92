using System.Text;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;

namespace UserReports.Store.ClickHouse.Tests;

public sealed class RowStreamTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_ThatComeByteByByte_AreThoseThatWereWritten()
    {
        (long, string)[] rows = [(1, "one"), (long.MinValue, ""), (-1, new string('ö', 300))];
        using var stream = new Slow(Written(rows), bytesAtOnce: 1);
        Assert.Equal(rows, await TakeAsync(stream));
    }

    [Fact]
    public async Task Row_LargerThanAllRoomThereIs_Comes()
    {
        (long, string)[] rows = [(1, new string('x', 3_000_000)), (2, "two")];
        using var stream = new MemoryStream(Written(rows));
        Assert.Equal(rows, await TakeAsync(stream));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(10)]
    public async Task Answer_ThatEndsWithinARow_IsNone(int bytes)
    {
        using var stream = new MemoryStream(Written([(1, "one")])[..bytes]);
        await Assert.ThrowsAsync<EndOfStreamException>(() => TakeAsync(stream));
    }

    [Fact]
    public async Task Answer_WithALengthThatNoTextHas_IsNone()
    {
        byte[] bytes = [.. new byte[8], 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        using var stream = new MemoryStream(bytes);
        var error = await Assert.ThrowsAsync<IOException>(() => TakeAsync(stream));
        Assert.Equal("What came is no row: the server broke off its answer.", error.Message);
    }

    private static byte[] Written(IEnumerable<(long Number, string Text)> rows)
    {
        var to = new RowBinaryWriter();
        foreach (var (number, text) in rows)
        {
            to.Write(number);
            to.Write(text);
        }

        return to.Written.ToArray();
    }

    private static async Task<List<(long, string)>> TakeAsync(Stream stream)
    {
        List<(long, string)> rows = [];
        await RowStream.TakeAsync(
            stream,
            (ref RowBinaryReader row) =>
            {
                if (!row.TryTake(out long number) || !row.TryTake(out ReadOnlySpan<byte> text))
                    return false;
                rows.Add((number, Encoding.UTF8.GetString(text)));
                return true;
            },
            Stop
        );
        return rows;
    }

    /// <summary>Gives no more than so many bytes at once, as a network may.</summary>
    private sealed class Slow(byte[] bytes, int bytesAtOnce) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(bytesAtOnce, buffer.Length)], cancellationToken);
    }
}
