using System.Text;
using UserReports.Store.DuckDb.Changes;
using UserReports.Store.DuckDb.Exact;
using UserReports.Store.DuckDb.Orders;

namespace UserReports.Store.DuckDb.Tests.Exact;

/// <summary>Which rows may have a text.</summary>
public sealed class ExactIndexTests
{
    [Fact]
    public void OfBase_SeveralRowsOfOneText_AreAllThereUnlessTheyAreTooMany()
    {
        var index = new ExactIndex([
            .. Enumerable.Range(0, 1000).Select(i => ExactIndex.Entry(Utf8($"text {i / 4}"), i)),
        ]);

        Assert.Equal([12, 13, 14, 15], index.OfBase(Utf8("text 3"), 4)!);
        Assert.Null(index.OfBase(Utf8("text 3"), 3));
        Assert.Empty(index.OfBase(Utf8("nobody"), 4)!);
        Assert.Empty(new ExactIndex([]).OfBase(Utf8("nobody"), 4)!);
    }

    [Fact]
    public void Changed_RowsOfSeveralVersions_AreThoseOfTheVersion()
    {
        var index = new ExactIndex([]) { Slot = 1 };
        var (first, second, none) = (Row(1, added: 2), Row(2, added: 3), Row(3, added: 2));
        first.SetKey(1, KeyValue.Of(Utf8("a")));
        second.SetKey(1, KeyValue.Of(Utf8("a")));
        none.SetKey(1, KeyValue.Null);
        index.Add([first, second, none]);
        first.Removed = 3;

        Assert.Empty(index.Changed(Utf8("a"), 1));
        Assert.Equal([first], index.Changed(Utf8("a"), 2));
        Assert.Equal([second], index.Changed(Utf8("a"), 3));
        index.Forget(3);
        Assert.Empty(index.Changed(Utf8("a"), 2));
        Assert.Equal([second], index.Changed(Utf8("a"), 3));
    }

    private static ChangedRow Row(long sequence, long added) => new(sequence, sequence, null, sequence, added);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
