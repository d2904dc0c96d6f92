using System.IO.Hashing;
using System.Text;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.Contract.Samples;

/// <summary>The rows of a store as the evaluator sees them, and which of them a page holds.</summary>
/// <remarks>
/// A row is known by the hash of its text, so that what a page holds is not parsed. Rows of the same text are one and
/// the same to a reader.
/// </remarks>
internal sealed class EvaluatedRows
{
    private readonly List<EvaluatedRow> rows;
    private readonly Dictionary<EvaluatedRow, int> numbers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ulong, int> byHash = [];

    public EvaluatedRows(IReadOnlyList<Report> reports)
    {
        rows = [.. reports.Select(EvaluatedRow.Of)];
        foreach (var (at, row) in rows.Index())
        {
            var hash = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(row.Json.GetRawText()));
            byHash.TryAdd(hash, at);
            numbers.Add(row, byHash[hash]);
        }
    }

    /// <summary>The rows themselves.</summary>
    public IReadOnlyList<EvaluatedRow> All => rows;

    /// <summary>The numbers of the rows that a query means, in its order.</summary>
    public List<int> Evaluate(ReportQuery query) =>
        [.. QueryEvaluator.Evaluate(rows, query).Select(row => numbers[row])];

    /// <summary>The numbers of a page's rows; -1 for one that nobody wrote.</summary>
    public List<int> Of(ReportPage page) =>
        [.. page.Documents.Select(document => byHash.GetValueOrDefault(XxHash3.HashToUInt64(document.Span), -1))];
}
