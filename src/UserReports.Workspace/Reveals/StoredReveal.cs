namespace UserReports.Workspace.Reveals;

/// <summary>A reveal as the workspace keeps it.</summary>
/// <param name="UserUid">The account that it is of, by its identifier; null for others.</param>
/// <param name="OfName">The account that it is of, by its name; null for others.</param>
/// <param name="Q">The query that it is of; null for others.</param>
/// <param name="Target">What two texts of the same account or query have in common.</param>
/// <param name="EndsAt">The first instant at which it is no more.</param>
public sealed record StoredReveal(
    string Id,
    string? UserUid,
    string? OfName,
    string? Q,
    string Target,
    string Reason,
    DateTimeOffset StartedAt,
    DateTimeOffset EndsAt
);

/// <summary>Whose reveals: somebody together with what they signed in with.</summary>
/// <param name="Credential">As it can be told apart and not be used.</param>
public sealed record RevealOwner(long Account, string Username, string Credential);
