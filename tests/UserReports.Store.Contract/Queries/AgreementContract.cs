using UserReports.Core.Query;
using UserReports.Store.Contract.Samples;
using UserReports.Testing;

namespace UserReports.Store.Contract.Queries;

/// <summary>
/// Random texts, through parser and binder, over the most awkward rows: the answer is the evaluator's.
/// </summary>
public abstract class AgreementContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    private const int Rows = 500;

    [Fact]
    [Trait("Category", "Random")]
    public async Task Find_RandomTexts_AgreeWithTheEvaluator()
    {
        var count = Chance.Count(250, 12_000, "USERREPORTS_TEST_QUERIES");
        var reports = new AwkwardReports(Chance.Seed).Make(Rows);
        var rows = new EvaluatedRows(reports);
        await using var store = await WithAsync(reports);
        var texts = new RandomQueryTexts(Chance.Seed, rows.All);
        long answered = 0;

        for (var i = 0; i < count; i++)
        {
            var (q, ordering) = (texts.Query(), texts.Ordering());
            var told = $"{Chance.Told}, query {i}: {q} / {ordering}";
            var compiled = QueryCompiler.Compile(q, ordering);
            Assert.True(
                compiled.Query is not null,
                $"{told}: {string.Join("; ", compiled.Errors.Select(e => e.Message))}"
            );
            var expected = rows.Evaluate(compiled.Query);
            var limit = i % 10 == 0 ? Rows : 20;

            var page = await store.Store.Reader.FindAsync(
                compiled.Query,
                new(limit),
                TestContext.Current.CancellationToken
            );

            var found = rows.Of(page);
            Assert.True(expected.Count == page.Count, $"{told}: expected {expected.Count} rows, counted {page.Count}");
            Assert.True(found.SequenceEqual(expected.Take(limit)), $"{told}: other rows, or in another order");
            answered += found.Count;
        }

        Assert.True(answered > count, $"{Chance.Told}: most queries found nothing: they try too little.");
    }
}
