using System.IO.Pipelines;

namespace UserReports.Server.Export;

/// <summary>
/// Room for rows in large pieces of the output: asked for row by row, a pipe gives a small buffer to each, and an HTTP
/// answer makes a chunk of each.
/// </summary>
internal sealed class RowOutput(PipeWriter output)
{
    /// <summary>What is gathered before it is sent; the most that an export holds of its answer.</summary>
    private const int PieceBytes = 64 * 1024;

    private Memory<byte> piece;
    private int used;

    /// <summary>Room for the next row; waits for the receiver when a piece is full.</summary>
    /// <param name="bytes">As much as the row can take; tell <see cref="Advance"/> what it took.</param>
    public ValueTask<Memory<byte>> RoomAsync(int bytes, CancellationToken cancellationToken) =>
        piece.Length - used >= bytes ? ValueTask.FromResult(piece[used..]) : NextAsync(bytes, cancellationToken);

    public void Advance(int bytes) => used += bytes;

    /// <summary>Sends what has been gathered.</summary>
    /// <exception cref="IOException">The receiver has gone.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        // A pipe that nothing was asked of since it was last flushed must not be advanced, not even by nothing.
        if (used > 0)
            output.Advance(used);
        piece = default;
        used = 0;
        if ((await output.FlushAsync(cancellationToken)).IsCompleted)
            throw new IOException("The receiver has gone.");
    }

    private async ValueTask<Memory<byte>> NextAsync(int bytes, CancellationToken cancellationToken)
    {
        if (used > 0)
            await FlushAsync(cancellationToken);
        return piece = output.GetMemory(Math.Max(bytes, PieceBytes));
    }
}
