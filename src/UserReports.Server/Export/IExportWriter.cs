namespace UserReports.Server.Export;

/// <summary>Writes one format. Called in turn: begin, any number of writes, end; disposed of in any case.</summary>
internal interface IExportWriter : IAsyncDisposable
{
    /// <summary>Writes what comes before the first row.</summary>
    ValueTask BeginAsync(CancellationToken cancellationToken);

    /// <summary>Writes rows, and waits while the receiver is slower.</summary>
    ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> documents, CancellationToken cancellationToken);

    /// <summary>Writes what comes after the last row.</summary>
    ValueTask EndAsync(CancellationToken cancellationToken);

    /// <summary>Most formats hold nothing that must be let go of.</summary>
    ValueTask IAsyncDisposable.DisposeAsync() => ValueTask.CompletedTask;
}
