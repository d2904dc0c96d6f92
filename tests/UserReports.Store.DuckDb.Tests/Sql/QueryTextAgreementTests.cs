using System.Globalization;
using System.Text;
using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Sql;

/// <summary>
/// Random texts, through parser and binder, over the most awkward rows: the answer is the evaluator's.
/// </summary>
public sealed class QueryTextAgreementTests
{
    private const int Rows = 500;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Find_RandomTexts_AgreeWithTheEvaluator()
    {
        var count = int.Parse(
            Environment.GetEnvironmentVariable("USERREPORTS_TEST_QUERIES") ?? "6000",
            CultureInfo.InvariantCulture
        );
        var seed = int.Parse(
            Environment.GetEnvironmentVariable("USERREPORTS_TEST_SEED") ?? "20261123",
            CultureInfo.InvariantCulture
        );
        var reports = new AwkwardReports(seed).Make(Rows);
        var rows = reports.Select(EvaluatedRow.Of).ToList();
        var byDocument = rows.ToDictionary(row => row.Json.GetRawText(), StringComparer.Ordinal);
        await using var store = await TemporaryStore.WithAsync(reports);
        var texts = new RandomQueryTexts(seed, rows);
        long answered = 0;

        for (var i = 0; i < count; i++)
        {
            var (q, ordering) = (texts.Query(), texts.Ordering());
            var told = $"seed {seed}, query {i}: {q} / {ordering}";
            var compiled = QueryCompiler.Compile(q, ordering);
            Assert.True(
                compiled.Query is not null,
                $"{told}: {string.Join("; ", compiled.Errors.Select(e => e.Message))}"
            );
            var expected = QueryEvaluator.Evaluate(rows, compiled.Query);
            var limit = i % 10 == 0 ? Rows : 20;

            var page = await store.Store.Reader.FindAsync(
                compiled.Query,
                new(limit),
                TestContext.Current.CancellationToken
            );

            var found = page.Documents.Select(d => byDocument[Encoding.UTF8.GetString(d.Span)]).ToList();
            Assert.True(expected.Count == page.Count, $"{told}: expected {expected.Count} rows, counted {page.Count}");
            Assert.True(found.SequenceEqual(expected.Take(limit)), $"{told}: other rows, or in another order");
            answered += found.Count;
        }

        Assert.True(answered > count, "Most queries found nothing: they try too little.");
    }
}
