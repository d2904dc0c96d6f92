using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Query;
using UserReports.Store.DuckDb;

namespace UserReports.Bench.Nodes;

/// <summary>Questions and their right answers, from a store that nothing disturbed, on the other engine.</summary>
internal sealed partial class KnownAnswers
{
    private const int Limit = 20;

    private static readonly (string Q, string Ordering)[] Questions =
    [
        ("", ""),
        ("", "-date_joined"),
        ("is_active:true", "username"),
        ("username__icontains:an", ""),
        ("email__icontains:example AND NOT is_active:false", "-asset_count"),
        ("account_restricted:true", ""),
        ("service_usage__total_storage_bytes__gte:1000000", "-service_usage__total_storage_bytes"),
        ("service_usage__balances__submission__balance_percent__gte:50", ""),
        ("organization__name__icontains:a", "organization__name"),
        ("subscriptions[]__status:active", ""),
    ];

    private readonly List<KnownAnswer> answers = [];
    private readonly HashSet<string> rows = new(StringComparer.Ordinal);

    private KnownAnswers() { }

    public IReadOnlyList<KnownAnswer> All => answers;

    /// <summary>How many rows there are.</summary>
    public int Rows => rows.Count;

    public static async Task<KnownAnswers> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        await using var store = DuckDbStore.Open(
            new(Path.Combine(folder, "reports.duckdb")),
            TimeProvider.System,
            NullLogger<DuckDbStore>.Instance
        );
        var known = new KnownAnswers();
        foreach (var (q, ordering) in Questions)
        {
            var compiled = QueryCompiler.Compile(q, ordering.Length == 0 ? null : ordering);
            var query = compiled.Query ?? throw new InvalidOperationException(compiled.Errors[0].Message);
            var page = await store.Reader.FindAsync(query, new(Limit), cancellationToken);
            known.answers.Add(
                new(
                    $"?limit={Limit}&q={Uri.EscapeDataString(q)}&ordering={Uri.EscapeDataString(ordering)}",
                    page.Count!.Value,
                    [.. page.Documents.Select(document => Timeless(Encoding.UTF8.GetString(document.Span)))]
                )
            );
        }

        await using var export = await store.Reader.ExportAsync(
            QueryCompiler.Compile("", null).Query!,
            cancellationToken
        );
        await foreach (var chunk in export.Chunks.WithCancellation(cancellationToken))
        {
            using (chunk)
                known.rows.UnionWith(chunk.Select(document => Timeless(Encoding.UTF8.GetString(document.Span))));
        }

        return known;
    }

    /// <summary>What is wrong with all rows as they were exported; null if nothing is.</summary>
    public string? FaultOfRows(IReadOnlyCollection<string> exported)
    {
        var others = exported.Select(Timeless).ToHashSet(StringComparer.Ordinal);
        return exported.Count == rows.Count && others.SetEquals(rows)
            ? null
            : $"{exported.Count} rows, {others.Except(rows).Count()} of them wrong, {rows.Except(others).Count()} missing";
    }

    /// <summary>Without what depends on the instant at which it was computed.</summary>
    public static string Timeless(string document) => OfAnInstant().Replace(document, "");

    [GeneratedRegex("\"last_updated\":\"[^\"]*\",?|\"inactive_days\":(?:\\d+|null),?")]
    private static partial Regex OfAnInstant();
}

/// <summary>A question and its right answer.</summary>
internal sealed record KnownAnswer(string Parameters, long Count, IReadOnlyList<string> Documents)
{
    /// <summary>What is wrong with an answer; null if nothing is.</summary>
    public string? FaultOf(string body)
    {
        using var answer = JsonDocument.Parse(body);
        var count = answer.RootElement.GetProperty("count").GetInt64();
        if (count != Count)
            return $"{Parameters}: {count} rows, not {Count}";
        List<string> documents =
        [
            .. answer
                .RootElement.GetProperty("results")
                .EnumerateArray()
                .Select(row => KnownAnswers.Timeless(row.GetRawText())),
        ];
        return documents.SequenceEqual(Documents) ? null : $"{Parameters}: other rows, or in another order";
    }
}
