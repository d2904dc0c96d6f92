using UserReports.Store.History;

namespace UserReports.Refresh.History;

/// <summary>Which days are kept, and for how long who has left stays in them.</summary>
public sealed record HistoryRules
{
    /// <summary>True keeps no day more; those that there are stay and thin out.</summary>
    public bool IsOff { get; init; }

    /// <inheritdoc cref="HistoryKeep"/>
    public HistoryKeep Keep { get; init; } = HistoryKeep.Usual;

    /// <summary>How long an account may stay in snapshots after its rows have gone.</summary>
    public TimeSpan ErasureWithin { get; init; } = TimeSpan.FromDays(7);
}
