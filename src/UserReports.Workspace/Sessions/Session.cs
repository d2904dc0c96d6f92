namespace UserReports.Workspace.Sessions;

/// <summary>A sign-in to the explorer that has not ended.</summary>
/// <param name="Id">Names it to its owner; no cookie can be made from it.</param>
/// <param name="AccountId">Whose it is.</param>
/// <param name="StartedAt">When they signed in.</param>
/// <param name="StartedFrom">From where; null where that is not known.</param>
/// <param name="Browser">What their browser called itself, cut; null if it said nothing.</param>
/// <param name="LastUsedAt">When it was used last, to the minute.</param>
/// <param name="LastUsedFrom">From where; null where that is not known.</param>
/// <param name="End">When it ends by itself.</param>
public sealed record Session(
    string Id,
    long AccountId,
    DateTimeOffset StartedAt,
    string? StartedFrom,
    string? Browser,
    DateTimeOffset LastUsedAt,
    string? LastUsedFrom,
    DateTimeOffset End
);
