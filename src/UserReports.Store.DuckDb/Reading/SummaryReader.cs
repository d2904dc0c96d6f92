using System.Numerics;
using DuckDB.NET.Data;
using UserReports.Core.Query;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Figures over a filter's rows.</summary>
internal static class SummaryReader
{
    /// <inheritdoc cref="IReportReader.SummarizeAsync"/>
    public static ReportSummary Read(StatementReading reading, SummaryQuery query)
    {
        var total = Figures(reading, query with { Groups = [] })[0];
        IReadOnlyList<SummaryRow> groups = query.Groups.Count == 0 ? [] : Figures(reading, query);
        return new(total, groups, reading.Snapshot);
    }

    private static List<SummaryRow> Figures(StatementReading reading, SummaryQuery query)
    {
        var firstValue = 1 + query.Groups.Count;
        return reading.Rows(
            reading.Statements.Summaries.Write(query),
            reader => new SummaryRow(
                reader.GetBoolean(0),
                [.. Enumerable.Range(1, query.Groups.Count).Select(i => Figure(reader, i))],
                [.. Enumerable.Range(firstValue, query.Measures.Count).Select(i => Figure(reader, i))]
            )
        );
    }

    private static object? Figure(DuckDBDataReader reader, int column) =>
        StatementReading.Value(reader, column) switch
        {
            BigInteger sum => sum >= long.MinValue && sum <= long.MaxValue ? (object)(long)sum : (Int128)sum,
            var value => value,
        };
}
