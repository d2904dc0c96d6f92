namespace UserReports.Store.History;

/// <summary>The rows of one day.</summary>
/// <param name="Day">The UTC day on which the run completed whose rows these are.</param>
/// <param name="TakenAt">When that run completed.</param>
/// <param name="Bytes">What it takes on the disk.</param>
/// <param name="Fields">The paths of the fields that it knows.</param>
/// <param name="Damage">What is wrong with it, so that it is left out; null if nothing is known to be.</param>
public sealed record DailySnapshot(
    DateOnly Day,
    DateTimeOffset TakenAt,
    long Rows,
    long Bytes,
    IReadOnlySet<string> Fields,
    string? Damage = null
);
