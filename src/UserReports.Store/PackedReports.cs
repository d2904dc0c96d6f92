using UserReports.Core.Reports;
using UserReports.Store.Documents;
using UserReports.Store.Generations;

namespace UserReports.Store;

/// <summary>
/// Reports in the form in which the store takes them: compressed documents, and chunks of columns. Whoever computes
/// reports packs them on its own thread; what waits for a commit then costs a fraction of the reports' memory, and
/// committing costs little more than copying.
/// </summary>
public sealed class PackedReports : IDisposable
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
    public PackedReports() => writers = [.. ReportColumns.All.Select(_ => new ColumnWriter(texts))];

    /// <summary>How many reports.</summary>
    public int Count { get; private set; }

    internal DocumentPacker Documents => documents;

    internal IReadOnlyList<ColumnChunk> Chunks => chunks;

    /// <summary>Packs reports, and nothing else.</summary>
    public static PackedReports Of(IReadOnlyList<Report> reports)
    {
        var packed = new PackedReports();
        packed.Add(reports);
        packed.Finish();
        return packed;
    }

    /// <summary>Packs more reports.</summary>
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

    /// <summary>
    /// To be called after the last report, on the thread that packs: the one that commits has enough to do.
    /// </summary>
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
