using System.Globalization;
using System.Text;
using UserReports.Store.DuckDb.Documents;

namespace UserReports.Store.DuckDb.Tests.Documents;

/// <summary>Documents come back by their addresses, in whatever order and amount they are asked for.</summary>
public sealed class DocumentFileTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"user-reports-{Guid.NewGuid():N}.documents");
    private readonly Random random = new(7);

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData(5_000, 2_400, "as written")]
    [InlineData(5_000, 2_400, "backwards")]
    [InlineData(5_000, 2_400, "at random")]
    [InlineData(20_000, 3, "at random")]
    [InlineData(40, 200_000, "at random")]
    public void Read_InAnyOrder_GivesEachDocumentInItsPlace(int count, int lengthMax, string order)
    {
        var documents = Enumerable.Range(0, count).Select(i => Make(i, lengthMax)).ToList();
        using var file = Write(documents, out var addresses);
        var places = Enumerable.Range(0, count).ToArray();
        if (order == "backwards")
            Array.Reverse(places);
        else if (order == "at random")
            random.Shuffle(places);

        var singly = file.Read([.. places.Select(place => addresses[place])]);

        for (var i = 0; i < count; i++)
            Assert.True(singly[i].Span.SequenceEqual(documents[places[i]]));
        foreach (var some in places.Chunk(700))
        {
            using var batch = file.ReadBatch([.. some.Select(place => addresses[place])]);
            Assert.Equal(some.Length, batch.Count);
            for (var i = 0; i < some.Length; i++)
                Assert.True(batch[i].Span.SequenceEqual(documents[some[i]]));
        }
    }

    [Fact]
    public void Read_TheSameAddressTwice_GivesTheDocumentTwice()
    {
        using var file = Write(
            [
                [1],
                [2, 2],
                [],
            ],
            out var addresses
        );

        var read = file.Read([addresses[1], addresses[2], addresses[1]]);

        Assert.Equal(["0202", "", "0202"], read.Select(document => Convert.ToHexString(document.Span)));
        Assert.Empty(file.Read([]));
    }

    [Fact]
    public async Task ReadBatch_ManyAtOnce_NeverShareMemory()
    {
        var documents = Enumerable.Range(0, 4_000).Select(i => Make(i, 2_400)).ToList();
        using var file = Write(documents, out var addresses);

        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(reader =>
                    Task.Run(() =>
                    {
                        for (var start = reader * 10; start + 500 < documents.Count; start += 317)
                        {
                            using var batch = file.ReadBatch(addresses.AsSpan(start, 500));
                            Thread.Yield();
                            for (var i = 0; i < batch.Count; i++)
                                Assert.True(batch[i].Span.SequenceEqual(documents[start + i]));
                        }
                    })
                )
        );
    }

    [Theory]
    [InlineData(0)] // the length of the payload
    [InlineData(3)]
    [InlineData(4)] // the length unpacked
    [InlineData(7)]
    [InlineData(8)] // the checksum
    [InlineData(40)] // the payload
    public void Read_ByteThatIsNotWhatWasWritten_IsRefused(int at)
    {
        Write([.. Enumerable.Range(0, 20).Select(i => Make(i, 2_000))], out var addresses).Dispose();
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 0x55;
        File.WriteAllBytes(path, bytes);

        using var damaged = DocumentFile.Open(path, new FileInfo(path).Length);
        Assert.Throws<StoreDamagedException>(() => damaged.Read(addresses));
        Assert.Throws<StoreDamagedException>(() => damaged.ReadBatch(addresses));
    }

    [Fact]
    public void Read_PhraseThatThereIsNot_IsRefused()
    {
        using var file = Write(
            [
                [.. "{}"u8],
                [0xFF, 0xFF],
            ],
            out var addresses
        );

        Assert.Equal("{}", Encoding.UTF8.GetString(Assert.Single(file.Read([addresses[0]])).Span));
        Assert.Throws<StoreDamagedException>(() => file.Read([addresses[1]]));
    }

    private DocumentFile Write(List<byte[]> documents, out long[] addresses)
    {
        var file = DocumentFile.Open(path, 0);
        // In two pieces, as two ranges come.
        addresses = [.. documents.Chunk((documents.Count / 2) + 1).SelectMany(piece => Append(file, piece))];
        file.Flush();
        return file;
    }

    private static long[] Append(DocumentFile file, IEnumerable<byte[]> documents)
    {
        using var packer = new DocumentPacker();
        long[] addresses = [.. documents.Select(document => packer.Add(document))];
        var first = file.Append(packer);
        return [.. addresses.Select(address => first + address)];
    }

    /// <summary>Half of it packs well, half does not.</summary>
    private byte[] Make(int number, int lengthMax)
    {
        var document = new byte[random.Next(lengthMax)];
        // Bytes that UTF-8 has: others stand for phrases.
        for (var i = document.Length / 2; i < document.Length; i++)
            document[i] = (byte)random.Next(0xF8);
        var name = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
        name.AsSpan(0, Math.Min(name.Length, document.Length)).CopyTo(document);
        return document;
    }
}
