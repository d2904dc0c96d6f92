using System.Buffers;
using System.Text;
using UserReports.Store.DuckDb.History.Parquet;

namespace UserReports.Store.DuckDb.Tests.History;

/// <summary>The parts of a snapshot's format.</summary>
public sealed class ParquetTests
{
    [Theory]
    [InlineData(
        """{"user_uid":"u1","organization":null,"service_usage":{"total_storage_bytes":5},"social_accounts":[]}"""
    )]
    [InlineData(
        """{"organization":{"name":"a\"b/\\c","uid":"o"},"extra_details":{"data":{"a":{"b":[1,2]}},"date_removed":null}}"""
    )]
    [InlineData("{}")]
    [InlineData("""{"extra_details":{},"activity":{"submissions_by_week":[1,2]}}""")]
    public void Documents_Transposed_ComeBackAsTheyWere(string document)
    {
        string[] documents =
        [
            """{"user_uid":"first","organization":{"name":"x","uid":"y"},"service_usage":{"total_storage_bytes":null}}""",
            document,
            """{"user_uid":"last","extra_details":{"data":{"z":1},"date_removed":"d"}}""",
        ];
        var transposer = new DocumentTransposer();
        // What was before leaves nothing behind.
        transposer.Add("""{"user_uid":"gone","organization":{"name":"gone"}}"""u8);
        transposer.Take(new ArrayBufferWriter<byte>());
        foreach (var one in documents)
            transposer.Add(Encoding.UTF8.GetBytes(one));
        var text = new ArrayBufferWriter<byte>();
        transposer.Take(text);

        var transposed = new TransposedDocuments(text.WrittenMemory);

        Assert.DoesNotContain("gone", Encoding.UTF8.GetString(text.WrittenSpan));
        Assert.Equal(documents, Enumerable.Range(0, transposed.Count).Select(i => Text(transposed, i)));
    }

    [Fact]
    public void Documents_FreeFormJsonOnSeveralLines_TakesOneAndComesBackOnSeveral()
    {
        var transposer = new DocumentTransposer();
        transposer.Add(Encoding.UTF8.GetBytes("{\"extra_details\":{\"data\":{\n\"a\":1}}}"));
        var text = new ArrayBufferWriter<byte>();
        transposer.Take(text);

        Assert.Equal(3, text.WrittenSpan.Count((byte)'\n'));
        Assert.Equal("{\"extra_details\":{\"data\":{\n\"a\":1}}}", Text(new(text.WrittenMemory), 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x\n")]
    [InlineData("0\n")]
    [InlineData("2\npath\none\n")]
    [InlineData("1\npath\none")]
    public void Documents_TextIsNotThat_IsRefused(string text) =>
        Assert.Throws<InvalidDataException>(() => new TransposedDocuments(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Thrift_EveryKindOfValue_IsWrittenAsItWasRead()
    {
        byte[] bytes =
        [
            // 1: true, 2: false, 3: a byte, 5: −1 in 16 bits, 6: a text, 40: a list of two numbers.
            .. (byte[])[0x11, 0x12, 0x13, 7, 0x24, 1, 0x18, 2, (byte)'h', (byte)'i', 0x09, 80, 0x25, 2, 4],
            // 41: a binary number, 42: a list of two flags, 43: a struct with nothing in it, 44: 16 numbers.
            .. (byte[])[0x17, 1, 2, 3, 4, 5, 6, 7, 8, 0x19, 0x21, 1, 2, 0x1C, 0, 0x19, 0xF5, 16],
            .. Enumerable.Repeat((byte)2, 16),
            0,
        ];

        var output = new ArrayBufferWriter<byte>();
        ThriftValue.Read(bytes).Write(output);

        Assert.Equal(bytes, output.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x18, 9, 1 })]
    [InlineData(new byte[] { 0x19, 0xF5, 0xFF, 0xFF, 0xFF, 0x7F })]
    [InlineData(new byte[] { 0x16, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x1B, 0 })]
    [InlineData(new byte[] { 0, 0 })]
    public void Thrift_Nonsense_IsRefused(byte[] bytes) =>
        Assert.Throws<InvalidDataException>(() => ThriftValue.Read(bytes));

    private static string Text(TransposedDocuments documents, int index)
    {
        var output = new ArrayBufferWriter<byte>();
        documents.Write(index, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
