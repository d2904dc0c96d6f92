using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.Contract.Queries;

/// <summary>Texts that try to be more than values: they are values, and nothing happens.</summary>
public abstract class HostileQueryContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    /// <summary>Only for what would never end: no machine is as slow.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly string[] Attempts =
    [
        "'; drop table reports; --",
        "\" or 1=1 --",
        "' or ''='",
        "1); delete from reports; --",
        "/* */",
        "--",
        "$1",
        "?",
        ":p",
        "x'::integer",
        "cast(1 as integer)",
        "\\",
        "\\\\'",
        "\0",
        "a\0b",
        "%s%n",
        "${x}",
        "{{x}}",
        "$.a",
        "$..*",
        "$[*]",
        "/",
        "/~",
        "~2",
        "[*]",
        "'$.x'",
        "\"$\".\"x\"",
        "*",
        "#-1",
        "a.b",
        "\ud800",
        "\udc00x",
        "\uffff",
        "\u202e",
        "read_csv('/etc/passwd')",
        "pragma database_list",
        "attach 'x' as y",
        "getenv('HOME')",
        "select * from duckdb_settings()",
        "1e999",
        "-1e999",
        "NaN",
        "inf",
        "0x10",
        "9999999999999999999999999999999999999",
    ];

    private static readonly string[] Paths =
    [
        "username",
        "username__icontains",
        "username__iexact",
        "username__startswith",
        "email__endswith",
        "organization__name__in",
        "organization__role__range",
        "extra_details__data__country",
        "extra_details__data__country__icontains",
        "extra_details__data__nested__deep",
        "subscriptions[]__status",
        "subscriptions[]__id__icontains",
        "subscriptions__0__metadata__seats",
        "social_accounts[]__uid__gt",
        "asset_count",
        "asset_count__gte",
        "last_login",
        "is_active",
    ];

    [Fact]
    public async Task Find_HostileValues_AreOnlyValues()
    {
        var reports = SampleReports.Make(200);
        await using var store = await WithAsync(reports);
        foreach (var path in Paths)
        {
            foreach (var attempt in Attempts)
            {
                var quoted =
                    "\""
                    + attempt
                        .Replace("\\", "\\\\", StringComparison.Ordinal)
                        .Replace("\"", "\\\"", StringComparison.Ordinal)
                    + "\"";
                await AskAsync(store, $"{path}:{quoted}", null);
            }
        }

        var all = await store.Store.Reader.FindAsync(
            ReportQuery.Everything,
            new(500),
            TestContext.Current.CancellationToken
        );
        Assert.Equal((reports.Count, reports.Count), ((int)all.Count!, all.Documents.Count));
    }

    [Fact]
    public async Task Find_HostileKeys_AreOnlyKeys()
    {
        await using var store = await WithAsync(SampleReports.Make(100));
        foreach (var key in Attempts.Where(a => !a.Any(c => char.IsWhiteSpace(c) || c is ':' or '(' or ')')))
        {
            await AskAsync(store, $"extra_details__data__{key}:x", $"extra_details__data__{key}");
            await AskAsync(store, $"NOT extra_details__data__nested__{key}__gt:1", null);
            await AskAsync(store, $"subscriptions[]__metadata__{key}__regex:x", null);
            await AskAsync(store, $"extra_details__data__{key}__isnull:true", $"subscriptions__0__metadata__{key}");
        }
    }

    [Fact]
    public async Task Find_HugeValue_IsRefusedBeforeItIsRead()
    {
        var error = Assert.Single(QueryCompiler.Compile("username:" + new string('x', 1 << 20), null).Errors);
        Assert.Equal(QueryErrorCode.QueryTooComplex, error.Code);
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("(.*a){20}$")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("(x+x+)+y")]
    public async Task Find_PatternBuiltToBlowUp_Answers(string pattern)
    {
        var random = new Random(3);
        var reports = Enumerable
            .Range(1, 500)
            .Select(i => SampleReports.MakeOne(random, i, new string('a', 150) + "!"))
            .ToList();
        await using var store = await WithAsync(reports);
        // A pattern that tries all ways takes longer than anyone waits; how fast the machine is does not matter.
        foreach (
            var path in new[]
            {
                "username__regex",
                "username__iregex",
                "subscriptions[]__id__regex",
                "extra_details__data__name__iregex",
            }
        )
            await AskAsync(store, $"{path}:'{pattern}'", null)
                .WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("(a{1000}){1000}")]
    [InlineData("((a{100}){100}){100}")]
    public async Task Find_PatternTooLargeForTheStore_IsRefused(string pattern)
    {
        await using var store = await WithAsync(SampleReports.Make(20));
        await AskAsync(store, $"username__regex:'{pattern}'", null);
    }

    /// <summary>Every query is either refused with an error of the language or answered.</summary>
    private static async Task AskAsync(StoreUnderTest store, string q, string? ordering)
    {
        var compiled = QueryCompiler.Compile(q, ordering);
        if (compiled.Query is null)
        {
            Assert.NotEmpty(compiled.Errors);
            return;
        }

        try
        {
            var page = await store.Store.Reader.FindAsync(
                compiled.Query,
                new(10),
                TestContext.Current.CancellationToken
            );
            Assert.True(page.Count >= page.Documents.Count);
        }
        catch (PatternRejectedException)
        {
            Assert.Contains("regex", q, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Assert.Fail($"{q}: {e}");
        }
    }
}
