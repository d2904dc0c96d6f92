using UserReports.Sources;

namespace UserReports.Feed.Replication;

/// <summary>How one source database is followed by logical replication.</summary>
/// <param name="Database"><c>platform</c> or <c>usage</c>.</param>
/// <param name="ConnectionString">
/// Of a role with REPLICATION and SELECT, at the database itself: not at a pooler.
/// </param>
public sealed record ReplicationSettings(string Database, string ConnectionString)
{
    /// <summary>What <see cref="Publication"/> is where nobody says otherwise.</summary>
    public const string UsualPublication = "user_reports";

    /// <summary>What <see cref="RetainedMax"/> is where nobody says otherwise: 1 GiB.</summary>
    public const long UsualRetainedMax = 1L << 30;

    /// <summary>
    /// The slot's name, which no other installation on the server may have: one of this name is taken for the
    /// service's own.
    /// </summary>
    public string Slot { get; init; } = $"{UsualPublication}_{Database}";

    /// <summary>The publication of tables whose deletions are published.</summary>
    public string Publication { get; init; } = UsualPublication;

    /// <summary>The publication of tables whose deletions are not.</summary>
    public string KeptPublication => Publication + "_kept";

    /// <summary>Both of them; a database may lack one.</summary>
    public IReadOnlyList<string> Publications => [Publication, KeptPublication];

    /// <summary>
    /// Bytes of write-ahead log that the slot may hold back before the service drops it; null if nobody said, which is
    /// <see cref="UsualRetainedMax"/> on a server that has a bound of its own.
    /// </summary>
    public long? RetainedMax { get; init; }

    /// <summary>How many accounts and organisations are named at once; more are left to a run.</summary>
    public Func<int> NamedMax { get; init; } = () => 50_000;

    /// <summary>How long changes are gathered after the first of them was committed.</summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often the server is asked what the slot holds back.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a statement of the feed may take.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether Stripe's tables are followed, if they are there.</summary>
    public StripeUse Stripe { get; init; } = StripeUse.Auto;

    /// <summary><see cref="RetainedMax"/>, or what it is usually.</summary>
    internal long RetainedBytes => RetainedMax ?? UsualRetainedMax;
}
