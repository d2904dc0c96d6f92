using System.Text.Json.Serialization;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>Which generation readers see, and the runs that have ended.</summary>
internal sealed record StorePointer(int? Generation, DateTimeOffset? CompletedAt, IReadOnlyList<Run> Runs)
{
    public static readonly StorePointer None = new(null, null, []);

    /// <summary>False if a damaged file has lost a part that is never missing.</summary>
    [JsonIgnore]
    public bool IsWhole => Runs is not null && Runs.All(run => run is { Warnings: not null }) && Generation is not < 0;

    /// <summary>
    /// The same with one more run that has ended; those older than 30 days go, but the last 10 stay (the specification
    /// of the refresh).
    /// </summary>
    public StorePointer With(Run ended, DateTimeOffset now) =>
        this with
        {
            Runs =
            [
                .. Runs.Where(run => run.Uid != ended.Uid)
                    .Append(ended)
                    .OrderByDescending(run => run.StartedAt)
                    .Where((run, index) => index < 10 || run.StartedAt >= now.AddDays(-30)),
            ],
        };
}
