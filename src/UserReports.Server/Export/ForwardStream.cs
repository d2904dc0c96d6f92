using System.IO.Pipelines;

namespace UserReports.Server.Export;

/// <summary>
/// A stream into a pipe that knows how far it has come, which writers of files ask for. Writing synchronously only
/// fills the pipe: whoever does so flushes asynchronously now and then.
/// </summary>
internal sealed class ForwardStream(PipeWriter output) : Stream
{
    /// <summary>Bytes that may wait in the pipe before the writer waits for the receiver.</summary>
    private const int FlushBytes = 256 * 1024;

    private long length;
    private int unflushed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => length;

    public override long Position
    {
        get => length;
        set => throw new NotSupportedException("The stream only goes forward.");
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => Buffer(buffer);

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        if (Buffer(buffer.Span))
            await FlushAsync(cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        unflushed = 0;
        var result = await output.FlushAsync(cancellationToken);
        if (result.IsCompleted)
            throw new IOException("The receiver has gone.");
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private bool Buffer(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
        length += bytes.Length;
        unflushed += bytes.Length;
        return unflushed >= FlushBytes;
    }
}
