using System.Text;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.Contract.Reading;

/// <summary>All rows of a query in its order.</summary>
public abstract class ExportContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    /// <summary>Rows with nulls and rows that differ in nothing but their account are among them.</summary>
    [Fact]
    public async Task Export_ByEveryField_HasTheOrderOfTheList()
    {
        const int Rows = 210;
        await using var store = await WithAsync(SampleReports.Make(Rows));
        List<string> orderings =
        [
            .. ReportCatalogue
                .All.Where(field => field.IsScalar)
                .SelectMany(field => new[] { field.Path, "-" + field.Path }),
            "is_active,-organization__name,email",
            "-last_login,is_staff",
            "extra_details__data__country",
            "subscriptions__0__status",
        ];
        var tried = 0;

        foreach (var ordering in orderings)
        {
            // Not every field can be ordered by.
            if (QueryCompiler.Compile("", ordering).Query is not { } query)
                continue;
            tried++;
            var listed = (await store.Store.Reader.FindAsync(query, new(1000), Token)).Documents;
            Assert.Equal(Rows, listed.Count);
            Assert.True(Texts(listed).SequenceEqual(await ExportAsync(store, query)), ordering);
        }

        Assert.InRange(tried, 60, orderings.Count);
    }

    [Theory]
    [InlineData("is_active:true", "email")]
    [InlineData("is_active:true", "-organization__name,email")]
    [InlineData("is_active:true", "")]
    [InlineData("is_active:true", "extra_details__data__country")]
    [InlineData("username__icontains:7", "email")]
    public async Task Export_FilteredRowsOfAllSizes_HaveTheOrderOfTheList(string q, string ordering)
    {
        await using var store = await WithAsync(SampleReports.Make(210));
        var query = QueryCompiler.Compile(q, ordering).Query!;

        // The list knows how many there are afterwards, which the second export makes use of.
        var exported = await ExportAsync(store, query);
        var listed = (await store.Store.Reader.FindAsync(query, new(1000), Token)).Documents;

        Assert.InRange(listed.Count, 1, 209);
        Assert.Equal(Texts(listed), exported);
        Assert.Equal(exported, await ExportAsync(store, query));
    }

    private static async Task<List<string>> ExportAsync(StoreUnderTest store, ReportQuery query)
    {
        List<string> rows = [];
        await using var export = await store.Store.Reader.ExportAsync(query, Token);
        await foreach (var chunk in export.Chunks)
            rows.AddRange(Texts(chunk));
        Assert.Equal(export.Count, rows.Count);
        return rows;
    }

    private static List<string> Texts(IEnumerable<ReadOnlyMemory<byte>> documents) =>
        [.. documents.Select(document => Encoding.UTF8.GetString(document.Span))];
}
