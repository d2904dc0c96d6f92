using System.Numerics;
using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Store.Generations;
using UserReports.Store.Sql;

namespace UserReports.Store;

/// <content>Summaries.</content>
public sealed partial class ReportStore
{
    /// <inheritdoc/>
    public Task<ReportSummary> SummarizeAsync(SummaryQuery query, CancellationToken cancellationToken) =>
        ReadAsync(
            (_, reading, token) =>
            {
                var total = Figures(reading.Use, query with { Groups = [] }, token)[0];
                IReadOnlyList<SummaryRow> groups = query.Groups.Count == 0 ? [] : Figures(reading.Use, query, token);
                return new ReportSummary(total, groups, reading.Snapshot);
            },
            cancellationToken
        );

    private static List<SummaryRow> Figures(GenerationUse use, SummaryQuery query, CancellationToken token)
    {
        var (sql, parameters) = SummarySql.Write(query);
        var firstValue = 1 + query.Groups.Count;
        return Query(
            use,
            sql,
            parameters.Values,
            reader => new SummaryRow(
                reader.GetBoolean(0),
                [.. Enumerable.Range(1, query.Groups.Count).Select(i => Plain(reader, i))],
                [.. Enumerable.Range(firstValue, query.Measures.Count).Select(i => Plain(reader, i))]
            ),
            token
        );
    }

    private static object? Plain(DuckDBDataReader reader, int column) =>
        reader.IsDBNull(column)
            ? null
            : reader.GetValue(column) switch
            {
                DateTime instant => new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc)),
                BigInteger sum => sum >= long.MinValue && sum <= long.MaxValue ? (long)sum : (Int128)sum,
                var value => value,
            };
}
