using System.Buffers;
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
    private readonly DocumentPacker documents = new();
    private readonly TextArena texts = new();
    private readonly List<ColumnChunk> chunks = [];

    private PackedReports() { }

    /// <summary>How many reports.</summary>
    public int Count { get; private set; }

    internal DocumentPacker Documents => documents;

    internal IReadOnlyList<ColumnChunk> Chunks => chunks;

    /// <summary>Packs reports.</summary>
    public static PackedReports Of(IReadOnlyList<Report> reports)
    {
        var packed = new PackedReports();
        using var json = new ReportJson();
        var document = new ArrayBufferWriter<byte>(16 * 1024);
        ColumnWriter[] writers = [.. ReportColumns.All.Select(_ => new ColumnWriter(packed.texts))];
        foreach (var report in reports)
        {
            if (packed.chunks.Count == 0 || packed.chunks[^1].Rows == ColumnChunk.RowsMax)
                packed.chunks.Add(new(writers));
            for (var i = 0; i < writers.Length; i++)
                ReportColumns.All[i].Write(writers[i], report);
            document.ResetWrittenCount();
            json.Write(report, document);
            packed.chunks[^1].EndRow(packed.documents.Add(document.WrittenSpan));
        }

        // Here, and not on the one thread that commits.
        packed.documents.Finish();
        packed.Count = reports.Count;
        return packed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var chunk in chunks)
            chunk.Dispose();
        texts.Dispose();
        documents.Dispose();
    }
}
