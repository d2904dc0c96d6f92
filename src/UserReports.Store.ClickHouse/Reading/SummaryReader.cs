using System.Data.Common;
using UserReports.Core.Query;
using UserReports.Store.ClickHouse.Servers;

namespace UserReports.Store.ClickHouse.Reading;

/// <summary>Figures over a filter's rows, worked out by the server.</summary>
internal sealed class SummaryReader(ClickHouseServer server)
{
    public async Task<ReportSummary> ReadAsync(
        Snapshot snapshot,
        SummaryQuery query,
        CancellationToken cancellationToken
    )
    {
        var total = (await FiguresAsync(snapshot, query with { Groups = [] }, cancellationToken))[0];
        IReadOnlyList<SummaryRow> groups =
            query.Groups.Count == 0 ? [] : await FiguresAsync(snapshot, query, cancellationToken);
        return new(total, groups, snapshot.Info);
    }

    private Task<List<SummaryRow>> FiguresAsync(
        Snapshot snapshot,
        SummaryQuery query,
        CancellationToken cancellationToken
    ) =>
        server.RowsAsync(
            snapshot.Summaries.Write(query),
            row => new SummaryRow(
                Convert.ToBoolean(row.GetValue(0), System.Globalization.CultureInfo.InvariantCulture),
                [.. query.Groups.Select((group, i) => Group(row, i + 1, group))],
                [.. query.Measures.Select((measure, i) => Figure(row, i + 1 + query.Groups.Count, measure))]
            ),
            cancellationToken
        );

    private static object? Group(DbDataReader row, int column, SummaryGroup group) =>
        RowReader.Value(row, column, group.Path.IsBelowList ? null : group.Path.Kind);

    private static object? Figure(DbDataReader row, int column, SummaryMeasure measure) =>
        RowReader.Value(
            row,
            column,
            measure.Function is SummaryFunction.Count or SummaryFunction.Sum or SummaryFunction.Avg
                ? null
                : measure.Path?.Kind
        );
}
