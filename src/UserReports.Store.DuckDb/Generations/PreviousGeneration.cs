namespace UserReports.Store.DuckDb.Generations;

/// <summary>
/// The generation before the present one, kept for the case that the present one is found damaged.
/// </summary>
/// <param name="discard">Removes its files, as soon as nobody reads them.</param>
internal sealed class PreviousGeneration(Action discard)
{
    /// <inheritdoc cref="PreviousGeneration(Action)" path="/param[@name='discard']"/>
    public void Discard() => discard();
}
