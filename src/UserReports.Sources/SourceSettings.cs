namespace UserReports.Sources;

/// <summary>Where the two source databases are and how gently they are read.</summary>
/// <param name="Platform">
/// A PostgreSQL connection string (<c>Host=…</c>), or <c>Data Source=FILE</c> for an embedded database.
/// </param>
/// <param name="Usage">Likewise.</param>
public sealed record SourceSettings(string Platform, string Usage)
{
    /// <summary>How many days of submission counters count; the platform deletes older ones.</summary>
    public int RetentionDays { get; init; } = 366;

    /// <summary>The id of the anonymous user, who is never reported.</summary>
    public long AnonymousUserId { get; init; } = -1;

    /// <summary>False leaves every Stripe table unread.</summary>
    public bool StripeEnabled { get; init; } = true;

    /// <summary>How long one statement may take before the database ends it.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Connections to each database at the most, signing in included; a run takes all but one of them.
    /// </summary>
    public int ConnectionsMax { get; init; } = 4;
}
