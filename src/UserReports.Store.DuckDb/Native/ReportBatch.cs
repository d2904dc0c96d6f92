using UserReports.Core.Documents;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Documents;

namespace UserReports.Store.DuckDb.Native;

/// <summary>
/// Reports as compressed documents and chunks of the database's own columns. Whoever computes reports packs them on its
/// own thread; what waits for a commit then costs a fraction of the reports' memory, and committing costs little more
/// than copying.
/// </summary>
internal sealed class ReportBatch : IReportBatch
{
    /// <summary>
    /// So many are packed at once: few enough to stay near the processor, columns first, then documents.
    /// </summary>
    private const int AtOnce = 256;

    private readonly DocumentPacker documents = new();
    private readonly TextArena texts = new();
    private readonly List<ColumnChunk> chunks = [];
    private readonly ReportJson json = new();
    private readonly ColumnWriter[] writers;

    /// <summary>Nothing yet.</summary>
    public ReportBatch() => writers = [.. ReportColumns.All.Select(_ => new ColumnWriter(texts))];

    /// <inheritdoc/>
    public int Count { get; private set; }

    public DocumentPacker Documents => documents;

    public IReadOnlyList<ColumnChunk> Chunks => chunks;

    /// <summary>Packs reports, and nothing else.</summary>
    public static ReportBatch Of(IReadOnlyList<Report> reports)
    {
        var batch = new ReportBatch();
        batch.Add(reports);
        batch.Finish();
        return batch;
    }

    /// <inheritdoc/>
    public void Add(IReadOnlyList<Report> reports)
    {
        var some = new Report[Math.Min(AtOnce, reports.Count)];
        for (var done = 0; done < reports.Count; )
        {
            if (chunks.Count == 0 || chunks[^1].Rows == ColumnChunk.RowsMax)
                chunks.Add(new(writers));
            var count = Math.Min(Math.Min(AtOnce, reports.Count - done), ColumnChunk.RowsMax - chunks[^1].Rows);
            for (var i = 0; i < count; i++)
                some[i] = reports[done + i];
            json.Forget();
            ReportColumns.Write(some.AsSpan(0, count), writers, json);
            for (var i = 0; i < count; i++)
                chunks[^1].EndRow(documents.Add(json.Write(some[i])));
            done += count;
        }

        Count += reports.Count;
    }

    /// <inheritdoc/>
    public void Finish() => documents.Finish();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var chunk in chunks)
            chunk.Dispose();
        texts.Dispose();
        documents.Dispose();
        json.Dispose();
    }
}
