using System.Globalization;
using System.Text.Json;
using CsCheck;
using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Sql;

/// <summary>The store's answer to any query is that of the evaluator, which has no SQL: ids, order and count.</summary>
public sealed class QueryAgreementTests
{
    private const int Rows = 500;

    [Theory]
    [InlineData("username__icontains:demo", "-email,username")]
    [InlineData("NOT last_login__gte:2025-01-01", "last_login")]
    [InlineData("subscriptions[]__status:active", "-service_usage__total_storage_bytes")]
    [InlineData("subscriptions[]:", "subscriptions__0__status")]
    [InlineData("subscriptions__0__id__isnull:false", "-subscriptions__0__created")]
    [InlineData("subscriptions__1__id__isnull:true", "")]
    [InlineData("NOT subscriptions[]__items[]__price__product__name__icontains:a", "")]
    [InlineData("subscriptions[]__items[]:", "")]
    [InlineData("extra_details__data__country:KEN OR extra_details__data__country:7", "extra_details__data__country")]
    [InlineData("extra_details__data__nested__deep__er__contains:%", "")]
    [InlineData("extra_details__data__country__isnull:true", "-extra_details__data__age")]
    [InlineData("extra_details__data__country__0:KEN", "")]
    [InlineData(
        "service_usage__balances__submission__balance_value__gte:0.5",
        "-service_usage__balances__submission__balance_percent"
    )]
    [InlineData("service_usage__balances__submission:null", "")]
    [InlineData("organization:null AND NOT account_restricted:true", "organization__name")]
    [InlineData("date_joined__year__gte:2024 date_joined__month__in:1,2,3 date_joined__day__lt:20", "-date_joined")]
    [InlineData("username__iregex:'^(ana|demo).*[0-9]$'", "")]
    [InlineData("subscriptions[]__metadata__seats__gt:11", "")]
    public async Task Find_KnownQuery_AgreesWithTheEvaluator(string q, string ordering)
    {
        var reports = SampleReports.Make(Rows);
        await using var store = await TemporaryStore.WithAsync(reports);
        var result = QueryCompiler.Compile(q, ordering);
        Assert.Empty(result.Errors);
        await AssertAgreesAsync(store, [.. reports.Select(EvaluatedRow.Of)], result.Query!, q);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Find_RandomQueries_AgreeWithTheEvaluator()
    {
        var reports = SampleReports.Make(Rows, seed: 7);
        var rows = reports.Select(EvaluatedRow.Of).ToList();
        await using var store = await TemporaryStore.WithAsync(reports);
        await RandomQueries.Queries.SampleAsync(
            query => AssertAgreesAsync(store, rows, query, $"{query.Filter} / {string.Join(",", query.Ordering)}"),
            iter: long.Parse(
                Environment.GetEnvironmentVariable("USERREPORTS_TEST_QUERIES") ?? "20000",
                CultureInfo.InvariantCulture
            ),
            threads: 2
        );
    }

    private static async Task AssertAgreesAsync(
        TemporaryStore store,
        IReadOnlyList<EvaluatedRow> rows,
        ReportQuery query,
        string told
    )
    {
        var expected = QueryEvaluator.Evaluate(rows, query).Select(Identity).ToList();
        var page = await store.Store.Reader.FindAsync(query, new(Rows), default);
        var actual = page.Documents.Select(d => Identity(JsonElement.Parse(d.Span))).ToList();
        Assert.True(expected.Count == page.Count, $"{told}: expected {expected.Count} rows, counted {page.Count}");
        Assert.True(
            expected.SequenceEqual(actual),
            $"{told}: expected {string.Join(" ", expected.Take(20))}, found {string.Join(" ", actual.Take(20))}"
        );
    }

    private static string Identity(EvaluatedRow row) => Identity(row.Json);

    /// <summary>No two sample reports have the same names, instants and usage.</summary>
    private static string Identity(JsonElement row) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{row.GetProperty("username")}|{row.GetProperty("email")}|{row.GetProperty("service_usage").GetProperty("total_nlp_usage").GetProperty("asr_seconds_all_time")}"
        );
}
