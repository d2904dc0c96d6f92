using UserReports.Core.Query;
using UserReports.Store;
using UserReports.Store.Documents;

namespace UserReports.Server.Concealment;

/// <summary>Reads reports without names: what comes out of it may be shown to whoever may not know them.</summary>
/// <remarks>
/// It stands before everything that projects, formats or shows, so none of that can forget it; and it refuses what
/// would tell names by the choice or the order of rows, whoever let such a query through.
/// </remarks>
internal sealed class ConcealedReader(IReportReader inner, Pseudonyms pseudonyms) : IReportReader
{
    private readonly DocumentConcealment concealment = new(pseudonyms);

    public SnapshotInfo? Snapshot => inner.Snapshot;

    public IReportReader For(long account) => new ConcealedReader(inner.For(account), pseudonyms);

    public async Task<ReportPage> FindAsync(ReportQuery query, PageRequest page, CancellationToken cancellationToken)
    {
        Check(query.Filter, query.Ordering);
        var found = await inner.FindAsync(query, page, cancellationToken);
        return found with { Documents = [.. found.Documents.Select(concealment.Apply)] };
    }

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FindAccountAsync(
        string userUid,
        CancellationToken cancellationToken
    ) => [.. (await inner.FindAccountAsync(userUid, cancellationToken)).Select(concealment.Apply)];

    public async Task<ReportExport> ExportAsync(ReportQuery query, CancellationToken cancellationToken)
    {
        Check(query.Filter, query.Ordering);
        var export = await inner.ExportAsync(query, cancellationToken);
        return export with { Chunks = ConcealAsync(export.Chunks, cancellationToken) };
    }

    public Task<ReportSummary> SummarizeAsync(SummaryQuery query, CancellationToken cancellationToken)
    {
        Check(query.Filter, []);
        return new ConcealedSummary(inner, pseudonyms).ReadAsync(query, cancellationToken);
    }

    public async Task<IReadOnlyList<FoundReport>> FindAccountsAsync(
        IReadOnlyCollection<long> accountIds,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await inner.FindAccountsAsync(accountIds, cancellationToken)).Select(found =>
                found with
                {
                    Document = concealment.Apply(found.Document),
                }
            ),
        ];

    public Task<IReadOnlyList<long>> StaleAccountsAsync(
        ReportQuery query,
        PageRequest page,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    )
    {
        Check(query.Filter, query.Ordering);
        return inner.StaleAccountsAsync(query, page, before, max, cancellationToken);
    }

    public Task<IReadOnlyList<long>> StaleAccountsAsync(
        string userUid,
        DateTimeOffset before,
        int max,
        CancellationToken cancellationToken
    ) => inner.StaleAccountsAsync(userUid, before, max, cancellationToken);

    public Task<IReadOnlyList<long>> SampleAccountsAsync(int accounts, CancellationToken cancellationToken) =>
        inner.SampleAccountsAsync(accounts, cancellationToken);

    private async IAsyncEnumerable<DocumentBatch> ConcealAsync(
        IAsyncEnumerable<DocumentBatch> chunks,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        await foreach (var chunk in chunks.WithCancellation(cancellationToken))
        {
            using (chunk)
            {
                var concealed = new DocumentBatch(chunk.Count);
                for (var i = 0; i < chunk.Count; i++)
                {
                    output.ResetWrittenCount();
                    concealment.Write(chunk[i].Span, output);
                    concealed.Put(i, output.WrittenSpan);
                }

                yield return concealed;
            }
        }
    }

    private static void Check(Condition? filter, IReadOnlyList<OrderTerm> ordering)
    {
        if (!ConcealedFields.Allows(filter) || ordering.Any(term => !ConcealedFields.AllowsOrder(term.Path)))
            throw new InvalidOperationException("A query that tells concealed values came as far as the store.");
    }
}
