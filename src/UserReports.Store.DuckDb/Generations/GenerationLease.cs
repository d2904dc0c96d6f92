namespace UserReports.Store.DuckDb.Generations;

/// <summary>Keeps a generation's files until it is disposed of.</summary>
internal sealed class GenerationLease(Generation generation, Action leave) : IDisposable
{
    private Action? leave = leave;

    public Generation Generation => generation;

    public void Dispose() => Interlocked.Exchange(ref leave, null)?.Invoke();
}
