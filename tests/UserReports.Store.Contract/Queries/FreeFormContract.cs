using System.Globalization;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.Contract.Queries;

/// <summary>What can be asked of free-form details, row names, whole lists and instants, on rows made for it.</summary>
public abstract class FreeFormContract<TEngine> : StoreContract<TEngine>, IAsyncLifetime
    where TEngine : IStoreEngine
{
    /// <summary>The details of the accounts 1, 2, …</summary>
    private static readonly string[] Details =
    [
        """{"tags":["food","water"],"visits":[{"country":"KEN"},{"country":null}],"n":9007199254740993}""",
        """{"tags":[],"my key":"x","x__y":1,"c:d":null,"":"empty","l[]":["a"],"n":9007199254740992}""",
        """{"tags":"food","visits":{"country":"KEN"},"my key":"y","n":0.1}""",
        """{"tags":[["food"]],"isnull":true,"n":0.1000000000000000000001,"é\"q":"z"}""",
        """{"tags":[7,7.5,true,null],"n":1e400}""",
        "{}",
    ];

    private StoreUnderTest store = null!;

    public async ValueTask InitializeAsync()
    {
        var random = new Random(1);
        store = await WithAsync([
            .. Details.Select((details, i) => SampleReports.MakeOne(random, i + 1, $"person{i + 1}", details)),
        ]);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return store.DisposeAsync();
    }

    [Theory]
    [InlineData("tags[]:food", "1")]
    [InlineData("tags[][]:food", "4")]
    [InlineData("tags[]__icontains:OO", "1")]
    [InlineData("tags[]__in:water,7", "1,5")]
    [InlineData("tags[]__gt:7", "1,5")]
    [InlineData("tags[]__range:7.2,8", "5")]
    [InlineData("tags[]__regex:'^f'", "1")]
    [InlineData("tags[][]__regex:'^f'", "4")]
    [InlineData("tags[]:true", "5")]
    [InlineData("tags[]:", "2")]
    [InlineData("tags[]__isnull:true", "6")]
    [InlineData("tags[]:null", "6")]
    [InlineData("tags__0:food", "1")]
    [InlineData("tags__3__isnull:false", "")]
    [InlineData("visits[]__country:KEN", "1")]
    [InlineData("visits[]__country:null", "1")]
    [InlineData("visits[]__country__regex:K.N", "1")]
    [InlineData("\"my key\":x", "2")]
    [InlineData("'my key'__in:x,y", "2,3")]
    [InlineData("\"x__y\":1", "2")]
    [InlineData("x__y:1", "")]
    [InlineData("\"c:d\":null", "1,2,3,4,5,6")]
    [InlineData("\"\":empty", "2")]
    [InlineData("\"l[]\"[]:a", "2")]
    [InlineData("\"isnull\":true", "4")]
    [InlineData("'é\\\"q':z", "4")]
    [InlineData("n:9007199254740993", "1")]
    [InlineData("n__lt:9007199254740993", "2,3,4")]
    [InlineData("n__in:9007199254740992.0,0.10", "2,3")]
    [InlineData("n__gt:0.1", "1,2,4,5")]
    [InlineData("n__gte:0.1", "1,2,3,4,5")]
    [InlineData("n__range:0.1,0.1000000000000000000001", "3,4")]
    [InlineData("n:10e399", "5")]
    [InlineData("n__gt:1e399", "5")]
    public async Task Find_ByFreeFormDetails_FindsThoseThatAreMeant(string term, string accounts) =>
        Assert.Equal(accounts, await FoundAsync($"extra_details__data__{term}"));

    [Theory]
    [InlineData("id__startswith:3-", "3")]
    [InlineData("id__isnull:false", "1,2,3,4,5,6")]
    [InlineData("id:3", "")]
    [InlineData("subscriptions__isnull:true", "")]
    [InlineData("social_accounts[]__isnull:false", "1,2,3,4,5,6")]
    [InlineData("last_updated__startswith:20", "1,2,3,4,5,6")]
    [InlineData("last_updated__endswith:Z", "1,2,3,4,5,6")]
    [InlineData("last_updated__iendswith:z", "1,2,3,4,5,6")]
    [InlineData("last_updated__contains:+00:00", "")]
    public async Task Find_ByRowsListsAndInstants_FindsThoseThatAreMeant(string q, string accounts) =>
        Assert.Equal(accounts, await FoundAsync(q.Replace("+00:00", "\"+00:00\"", StringComparison.Ordinal)));

    [Fact]
    public async Task Find_EachRowByItsName_FindsItAlone()
    {
        foreach (var number in Enumerable.Range(1, Details.Length))
        {
            var report = number.ToString(CultureInfo.InvariantCulture);
            var page = await store.Store.Reader.FindAsync(
                QueryCompiler.Compile($"username:person{report}", null).Query!,
                new(10),
                TestContext.Current.CancellationToken
            );
            var organization = JsonElement.Parse(page.Documents[0].Span).GetProperty("organization");
            var id =
                organization.ValueKind == JsonValueKind.Null
                    ? $"{report}-orgnone"
                    : $"{report}-{organization.GetProperty("uid").GetString()}";

            Assert.Equal(report, await FoundAsync($"id:{id}"));
            Assert.Equal(report, await FoundAsync($"id__in:{id},x,7-y"));
        }
    }

    [Fact]
    public async Task Find_InTheOrderOfNames_GoesByTheirText()
    {
        var page = await store.Store.Reader.FindAsync(
            QueryCompiler.Compile("", "-id").Query!,
            new(10),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(
            ["person6", "person5", "person4", "person3", "person2", "person1"],
            page.Documents.Select(d => JsonElement.Parse(d.Span).GetProperty("username").GetString())
        );
    }

    [Fact]
    public async Task Summarize_ByAKeyInQuotes_CountsItsValues()
    {
        var query = SummaryCompiler.Compile(null, "extra_details__data__\"my key\"", null).Query!;

        var summary = await store.Store.Reader.SummarizeAsync(query, TestContext.Current.CancellationToken);

        Assert.Equal("extra_details__data__\"my key\"", query.Groups[0].ToString());
        Assert.Equal([null, "x", "y"], summary.Groups.Select(g => (string?)g.Groups[0]).Order(StringComparer.Ordinal));
    }

    private async Task<string> FoundAsync(string q)
    {
        var compiled = QueryCompiler.Compile(q, null);
        Assert.True(compiled.Query is not null, string.Join("; ", compiled.Errors.Select(e => e.Message)));
        var page = await store.Store.Reader.FindAsync(compiled.Query, new(10), TestContext.Current.CancellationToken);
        return string.Join(
            ',',
            page.Documents.Select(d => JsonElement.Parse(d.Span).GetProperty("username").GetString()![6..])
        );
    }
}
