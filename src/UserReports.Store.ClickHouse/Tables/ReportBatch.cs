using System.Buffers;
using UserReports.Core.Documents;
using UserReports.Core.Reports;

namespace UserReports.Store.ClickHouse.Tables;

/// <summary>Reports as bytes that the server takes as they are.</summary>
internal sealed class ReportBatch : IReportBatch
{
    private readonly SearchForm form = new();
    private readonly ReportJson json = new();
    private readonly ArrayBufferWriter<byte> document = new();
    private readonly List<int> rowStarts = [];
    private readonly List<int> documentStarts = [];

    /// <inheritdoc/>
    public int Count => rowStarts.Count;

    /// <summary>Rows of the table of reports.</summary>
    public RowBinaryWriter Rows { get; } = new();

    /// <summary>Rows of the table of documents.</summary>
    public RowBinaryWriter Documents { get; } = new();

    /// <summary>Of reports, and nothing else.</summary>
    public static ReportBatch Of(IReadOnlyList<Report> reports)
    {
        var batch = new ReportBatch();
        batch.Add(reports);
        return batch;
    }

    /// <inheritdoc/>
    public void Add(IReadOnlyList<Report> reports)
    {
        json.Forget();
        foreach (var report in reports)
        {
            rowStarts.Add(Rows.Length);
            Rows.Write(0L);
            Rows.Write(0L);
            ReportColumns.Write(report, Rows, form);
            documentStarts.Add(Documents.Length);
            Documents.Write(0L);
            Documents.Write(0L);
            Documents.Write(report.Account.Username);
            Documents.Write(report.UserId);
            Documents.Write(ReportTables.OrganizationKey(report.OrganizationId));
            document.ResetWrittenCount();
            if (!ReportJson.TryExpand(json.Write(report), document))
                throw new InvalidOperationException("A report was written that cannot be read.");
            Documents.Write(document.WrittenSpan);
        }
    }

    /// <inheritdoc/>
    public void Finish() { }

    /// <summary>Says under what claim and as what change the rows are to be written.</summary>
    public void Mark(long claim, long change)
    {
        foreach (var (rows, starts) in new[] { (Rows, rowStarts), (Documents, documentStarts) })
        {
            foreach (var start in starts)
            {
                rows.Overwrite(start, claim);
                rows.Overwrite(start + sizeof(long), change);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        form.Dispose();
        json.Dispose();
    }
}
