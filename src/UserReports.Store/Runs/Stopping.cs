namespace UserReports.Store.Runs;

/// <summary>Long loops that a stop ends.</summary>
internal static class Stopping
{
    /// <summary>The items, until cancelled.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IEnumerable<T> Until<T>(this IEnumerable<T> items, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
    }
}
