using System.Buffers;
using System.IO.Pipelines;

namespace UserReports.Server.Export;

/// <summary>One report as JSON per line, exactly as the list shows it.</summary>
/// <param name="project">Leaves the wanted fields of a report, or null for all of it.</param>
internal sealed class NdJsonExport(PipeWriter output, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? project)
    : IExportWriter
{
    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    private readonly RowOutput rows = new(output);

    public ValueTask BeginAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask WriteAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> documents,
        CancellationToken cancellationToken
    )
    {
        for (var i = 0; i < documents.Count; i++)
        {
            var document = project?.Invoke(documents[i]) ?? documents[i];
            var room = await rows.RoomAsync(document.Length + 1, cancellationToken);
            Write(document.Span, room.Span[..(document.Length + 1)]);
            rows.Advance(document.Length + 1);
        }
    }

    public ValueTask EndAsync(CancellationToken cancellationToken) => rows.FlushAsync(cancellationToken);

    private static void Write(ReadOnlySpan<byte> document, Span<byte> line)
    {
        document.CopyTo(line);
        // A line break can only stand between the values of free-form JSON, where a space means the same.
        if (line[..^1].ContainsAny(LineBreaks))
        {
            line.Replace((byte)'\n', (byte)' ');
            line.Replace((byte)'\r', (byte)' ');
        }

        line[^1] = (byte)'\n';
    }
}
