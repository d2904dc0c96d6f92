using System.Text;
using UserReports.Store.DuckDb.Orders;

namespace UserReports.Store.DuckDb.Tests.Orders;

/// <summary>The forms in which values of very many rows are kept.</summary>
public sealed class KeptValuesTests
{
    [Fact]
    public void PackedTexts_NullsEmptyAndLongOnes_AreWhatTheyWere()
    {
        string?[] texts = [null, "", "a", null, null, new('x', 5000), "ü", null];
        var packed = new PackedTexts(texts.Length);
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i] is { } text)
                packed.Add(i, Encoding.UTF8.GetBytes(text));
        }

        packed.Finish();

        Assert.Equal(
            texts,
            Enumerable.Range(0, texts.Length).Select(i => packed.IsNull(i) ? null : Encoding.UTF8.GetString(packed[i]))
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => packed.Add(2, []));
    }

    [Theory]
    [InlineData("", "a")]
    [InlineData("a", "b")]
    [InlineData("abcdefgh", "abcdefgi")]
    [InlineData("z", "é")]
    [InlineData("\uffff", "😀")]
    public void Prefix_OfALesserText_IsNoGreater(string lesser, string greater)
    {
        var packed = new PackedTexts(2);
        packed.Add(0, Encoding.UTF8.GetBytes(lesser));
        packed.Add(1, Encoding.UTF8.GetBytes(greater));
        packed.Finish();

        Assert.True(packed.Prefix(0) < packed.Prefix(1));
        Assert.True(new KeyColumn(packed).Compare(0, 1) < 0);
    }

    [Fact]
    public void Keys_OfEveryKind_OrderAsTheirValuesAndGiveThemBack()
    {
        var instant = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        (KeyKind Kind, object[] Ascending)[] kinds =
        [
            (KeyKind.Integer, [long.MinValue, -1L, 0L, 1L, long.MaxValue]),
            (KeyKind.Decimal, [double.NegativeInfinity, -1e300, -0.5, 0.0, 1e-300, 2.5, double.NaN]),
            (KeyKind.Boolean, [false, true]),
            (KeyKind.Instant, [DateTimeOffset.UnixEpoch.AddYears(-300), instant, instant.AddMicroseconds(1)]),
        ];
        foreach (var (kind, ascending) in kinds)
        {
            List<KeyValue> keys = [.. ascending.Select(Key)];
            Assert.Equal(ascending, keys.Select(key => KeyValues.Value(key, kind)));
            Assert.Equal(keys.Select(key => key.Number).Order(), keys.Select(key => key.Number));
            Assert.Equal(keys.Count, keys.Select(key => key.Number).Distinct().Count());

            KeyValue Key(object value)
            {
                Assert.True(KeyValues.TryKey(value, kind, out var key));
                return key;
            }
        }

        Assert.True(KeyValues.TryKey(-0.0, KeyKind.Decimal, out var zero));
        Assert.Equal(0, zero.Number);
        Assert.True(KeyValues.TryKey(null, KeyKind.Text, out var none));
        Assert.True(none.IsNull);
        Assert.False(KeyValues.TryKey("text", KeyKind.Integer, out _));
        Assert.False(KeyValues.TryKey(1L, KeyKind.Text, out _));
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(1000, 3)]
    [InlineData(1000, 700)]
    [InlineData(8, 8)]
    public void OrdinalSet_FewOrMany_HasWhatItsBitsSay(int rows, int chosen)
    {
        var random = new Random(rows + chosen);
        var ordinals = Enumerable.Range(0, rows).OrderBy(_ => random.Next()).Take(chosen).ToHashSet();
        // As the database casts a string of bits: what fills up the first byte stands before the first bit.
        var bytes = new byte[(rows + 7) / 8];
        var offset = (bytes.Length * 8) - rows;
        foreach (var ordinal in ordinals)
            bytes[(ordinal + offset) >> 3] |= (byte)(0x80 >> ((ordinal + offset) & 7));

        var set = new OrdinalSet(bytes, offset);

        Assert.Equal(chosen, set.Count);
        Assert.All(Enumerable.Range(0, rows), i => Assert.Equal(ordinals.Contains(i), set.Contains(i)));
        Assert.Equal(chosen * 32 < rows, set.Few is not null);
        Assert.Equal(ordinals.Order(), (IEnumerable<int>?)set.Few ?? ordinals.Order());
    }
}
