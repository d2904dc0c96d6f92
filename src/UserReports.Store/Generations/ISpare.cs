namespace UserReports.Store.Generations;

/// <summary>
/// The generation before the present one, kept for the case that the present one is found damaged.
/// </summary>
internal interface ISpare
{
    /// <summary>Removes its files, as soon as nobody reads them.</summary>
    void Discard();
}

/// <summary>A spare that this process has never opened.</summary>
internal sealed class ClosedGeneration(StoreFolder folder, int number) : ISpare
{
    public void Discard() => folder.Delete(number);
}
