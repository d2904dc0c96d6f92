using CsCheck;
using UserReports.Core.Query;
using UserReports.Store.Contract.Samples;
using UserReports.Testing;

namespace UserReports.Store.Contract.Queries;

/// <summary>The store's answer to any query is that of the evaluator, which has no SQL: ids, order and count.</summary>
public abstract class KnownQueryContract<TEngine>(KnownQueryContract<TEngine>.Sample sample)
    : StoreContract<TEngine>,
        IClassFixture<KnownQueryContract<TEngine>.Sample>
    where TEngine : IStoreEngine
{
    private const int Rows = 500;

    [Theory]
    [InlineData("username__icontains:demo", "-email,username")]
    [InlineData("NOT last_login__gte:2025-01-01", "last_login")]
    [InlineData("subscriptions[]__status:active", "-service_usage__total_storage_bytes")]
    [InlineData("subscriptions[]__status__in:active,canceled,unpaid,past_due,paused", "-username")]
    [InlineData("NOT social_accounts[]__uid__in:demo,ana,a,b,c OR subscriptions[]__id__in:sub_1,sub_2,c,d,e", "id")]
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
        var result = QueryCompiler.Compile(q, ordering);
        Assert.Empty(result.Errors);
        await AssertAgreesAsync(sample.Store, sample.Rows, result.Query!, q);
    }

    [Fact]
    [Trait("Category", "Random")]
    public async Task Find_RandomQueries_AgreeWithTheEvaluator()
    {
        var reports = SampleReports.Make(Rows, Chance.Seed);
        var rows = new EvaluatedRows(reports);
        await using var store = await WithAsync(reports);
        await RandomQueries.Queries.SampleAsync(
            query =>
                AssertAgreesAsync(
                    store,
                    rows,
                    query,
                    $"{Chance.Told}: {query.Filter} / {string.Join(",", query.Ordering)}"
                ),
            iter: Chance.Count(250, 30_000, "USERREPORTS_TEST_QUERIES"),
            threads: 2
        );
    }

    private static async Task AssertAgreesAsync(
        StoreUnderTest store,
        EvaluatedRows rows,
        ReportQuery query,
        string told
    )
    {
        var expected = rows.Evaluate(query);
        var page = await store.Store.Reader.FindAsync(query, new(Rows), default);
        var found = rows.Of(page);
        Assert.True(expected.Count == page.Count, $"{told}: expected {expected.Count} rows, counted {page.Count}");
        Assert.True(
            expected.SequenceEqual(found),
            $"{told}: expected {string.Join(" ", expected.Take(20))}, found {string.Join(" ", found.Take(20))}"
        );
    }

    /// <summary>One store for all known queries, which change nothing.</summary>
    public sealed class Sample : IAsyncLifetime
    {
        /// <summary>What the store holds.</summary>
        internal EvaluatedRows Rows { get; private set; } = null!;

        /// <summary>The store itself.</summary>
        public StoreUnderTest Store { get; private set; } = null!;

        /// <inheritdoc/>
        public async ValueTask InitializeAsync()
        {
            var reports = SampleReports.Make(KnownQueryContract<TEngine>.Rows);
            Rows = new(reports);
            Store = await WithAsync(reports);
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => Store.DisposeAsync();
    }
}
