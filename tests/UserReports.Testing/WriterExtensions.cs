using UserReports.Core.Reports;
using UserReports.Store;

namespace UserReports.Testing;

/// <summary>Short forms for tests that write.</summary>
public static class WriterExtensions
{
    /// <summary>A range with its rows, all packed.</summary>
    public static ComputedRange Pack(
        this IReportWriter writer,
        AccountRange range,
        long accounts,
        IReadOnlyList<Report> reports,
        params IReadOnlyList<DataWarning> warnings
    )
    {
        var batch = writer.NewBatch();
        batch.Add(reports);
        batch.Finish();
        return new(range, accounts, batch, warnings);
    }
}
