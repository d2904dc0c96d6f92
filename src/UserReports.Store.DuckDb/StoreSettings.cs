namespace UserReports.Store.DuckDb;

/// <summary>Where the store is and how much of the machine it may use.</summary>
/// <param name="Path">The store's base path; its files stand beside it, named after it.</param>
public sealed record StoreSettings(string Path)
{
    /// <summary>Megabytes that <see cref="MemoryLimit"/> is where nobody says otherwise.</summary>
    public const int UsualMegabytes = 1024;

    /// <summary>Memory that one generation's database may use for queries, for example <c>1GB</c>.</summary>
    public string MemoryLimit { get; init; } = $"{UsualMegabytes}MB";

    /// <summary>Memory that the database of a generation that is being built may use.</summary>
    public string BuildMemoryLimit { get; init; } = "128MB";

    /// <summary>
    /// Whether the generation before the present one stays until the next run begins, to be served should the present
    /// one be found damaged. It doubles the room that a store takes between runs.
    /// </summary>
    public bool KeepsPrevious { get; init; }

    /// <summary>
    /// False where nobody will read in this process: then a completed generation costs no memory for readers.
    /// </summary>
    public bool HasReaders { get; init; } = true;

    /// <summary>Threads of one query; by default all processors.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Queries that run at once; more wait. Every query takes all threads, so more than a few only slow each other
    /// down. One place is kept for short queries, and one for other accounts than those that hold the rest, where there
    /// are three and more.
    /// </summary>
    public int ConcurrentQueries { get; init; } = Math.Max(2, Environment.ProcessorCount) + 1;

    /// <summary>
    /// How long one query may run, from when its turn has come; one that is estimated to take longer alone is refused.
    /// </summary>
    public TimeSpan QueryTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Rows that are sorted at once where all rows are wanted; more are sorted in parts.</summary>
    public int SortedRows { get; init; } = 250_000;

    /// <summary>
    /// Megabytes that orders of all rows may take, with what they are ordered by; those that were used longest ago make
    /// room.
    /// </summary>
    public int OrderMegabytes { get; init; } = 256;

    /// <summary>
    /// Rows that changed again before changed rows are written anew without them; there must be more of them than of
    /// the others, too.
    /// </summary>
    public int RewriteFrom { get; init; } = 20_000;

    /// <summary>Rows that may have changed or gone since the last completed run before the next one is asked
    /// for.</summary>
    public long ChangesMax { get; init; } = 200_000;

    /// <summary>
    /// Bytes of documents that may have been written since, if they are more than half of what that run wrote, before
    /// the next one is asked for.
    /// </summary>
    public long GrowthBytesMax { get; init; } = 64L << 20;
}
