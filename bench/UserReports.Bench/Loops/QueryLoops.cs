using BenchmarkDotNet.Attributes;
using UserReports.Core.Query;

namespace UserReports.Bench.Loops;

/// <summary>From the text of a query to a bound query.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class QueryLoops
{
    private readonly string one = "username__icontains:demo";
    private readonly string misspelt = "service_usage__total_storage_byte__gte:1";
    private readonly string eight =
        "(account_restricted:true OR service_usage__total_storage_bytes__gte:1000000000) NOT is_active:false "
        + "subscriptions[]__items[]__price__product__name:Teams extra_details__data__country__in:KEN,UGA "
        + "NOT last_login__gte:2026-06-01 demo";

    [Benchmark]
    public QueryResult OneTerm() => QueryCompiler.Compile(one, null);

    [Benchmark]
    public QueryResult EightTerms() => QueryCompiler.Compile(eight, "-total_storage_bytes,username");

    [Benchmark]
    public QueryResult UnknownField() => QueryCompiler.Compile(misspelt, null);
}
