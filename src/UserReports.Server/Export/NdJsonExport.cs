using System.Buffers;
using System.IO.Pipelines;

namespace UserReports.Server.Export;

/// <summary>One report as JSON per line, exactly as the list shows it.</summary>
/// <param name="project">Leaves the wanted fields of a report, or null for all of it.</param>
internal sealed class NdJsonExport(PipeWriter output, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? project)
    : IExportWriter
{
    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    public ValueTask BeginAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask WriteAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> documents,
        CancellationToken cancellationToken
    )
    {
        foreach (var document in documents)
            Write((project?.Invoke(document) ?? document).Span);
        await output.FlushAsync(cancellationToken);
    }

    public ValueTask EndAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private void Write(ReadOnlySpan<byte> document)
    {
        var line = output.GetSpan(document.Length + 1)[..(document.Length + 1)];
        document.CopyTo(line);
        // A line break can only stand between the values of free-form JSON, where a space means the same.
        if (line[..^1].ContainsAny(LineBreaks))
        {
            line.Replace((byte)'\n', (byte)' ');
            line.Replace((byte)'\r', (byte)' ');
        }

        line[^1] = (byte)'\n';
        output.Advance(line.Length);
    }
}
