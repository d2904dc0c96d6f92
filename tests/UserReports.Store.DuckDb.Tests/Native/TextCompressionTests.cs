using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Tests.Native;

public sealed class TextCompressionTests
{
    /// <summary>A field that is renamed would otherwise be stored another way, unnoticed.</summary>
    [Fact]
    public void Exceptions_OfTheTable_NameColumnsThatHaveThem() =>
        Assert.All(
            TextCompression.Exceptions,
            named => Assert.Equal(named.Value, ReportColumns.All.Single(column => column.Name == named.Key).Compression)
        );
}
