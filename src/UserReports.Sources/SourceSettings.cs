using UserReports.Sources.Load;

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

    /// <summary>Whether Stripe's tables are read.</summary>
    public StripeUse Stripe { get; init; } = StripeUse.Auto;

    /// <summary>How long one statement may take before the database ends it.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Connections to each database at the most, signing in included; a run takes all but one of them.
    /// </summary>
    public int ConnectionsMax { get; init; } = 4;

    /// <summary>The share of one core of the sources' server that reading may keep busy.</summary>
    public double Budget { get; init; } = 0.5;

    /// <summary>Times of day with another budget; of those that overlap the last counts.</summary>
    public IReadOnlyList<BudgetHours> QuietHours { get; init; } = [];

    /// <summary>How far a replica may be behind before reading holds back.</summary>
    public TimeSpan ReplicaLagMax { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Whether a platform's plans and limits are Stripe's.</summary>
public enum StripeUse
{
    /// <summary>Found out before each run: they are if Stripe's tables hold a product or a customer.</summary>
    Auto,

    /// <summary>They are, if the tables are there.</summary>
    On,

    /// <summary>They are not: none of the tables is read.</summary>
    Off,
}
