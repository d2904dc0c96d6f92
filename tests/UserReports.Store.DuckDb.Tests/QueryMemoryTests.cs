using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests;

/// <summary>What queries may use of memory, and what becomes of those that need more.</summary>
public sealed class QueryMemoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_OpenedAnewAfterAFailure_HasTheMemoryOfAStoreThatIsRead()
    {
        await using var store = await TemporaryStore.WithAsync(LongDetails());
        // Needs more than a store is built with, and less than one is read with.
        await FindAsync(store, Matching(3));
        store.Store.Generations.Current!.Suspect();

        // Other words, so that nothing is remembered of the first.
        await FindAsync(store, Matching(3, "y"));
    }

    [Fact]
    public async Task Find_NeedsMoreMemoryThanThereIs_SaysSoAndServesOn()
    {
        await using var store = await TemporaryStore.WithAsync(LongDetails());

        var e = await Assert.ThrowsAsync<QueryMemoryException>(() =>
            store.Store.Reader.FindAsync(Matching(40), new(1), Token)
        );

        Assert.Equal(
            "The query needs more memory than queries may use together. Use fewer conditions, or raise the setting "
                + "Reports:QueryMemoryMegabytes.",
            e.Message
        );
        await FindAsync(store, Matching(3));
    }

    private static async Task FindAsync(TemporaryStore store, ReportQuery query) =>
        Assert.Empty((await store.Store.Reader.FindAsync(query, new(1), Token)).Documents);

    /// <summary>Takes the details apart once for each of so many keys, and finds nothing.</summary>
    private static ReportQuery Matching(int keys, string text = "z") =>
        Compile(
            string.Join(" OR ", Enumerable.Range(1, keys).Select(i => $"extra_details__data__k{i}__regex:{text}{i}z"))
        );

    private static ReportQuery Compile(string q, string ordering = "") => QueryCompiler.Compile(q, ordering).Query!;

    private static IReadOnlyList<Core.Reports.Report> LongDetails()
    {
        var text = new string('a', 1000);
        var details = $"{{{string.Join(',', Enumerable.Range(1, 20).Select(i => $"\"k{i}\":\"{text}\""))}}}";
        return SampleReports.Make(2000, detailsOf: _ => details);
    }
}
