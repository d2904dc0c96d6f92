namespace UserReports.Refresh.Following;

/// <summary>How sources are followed between runs.</summary>
public sealed record FollowSettings
{
    /// <summary>What an operator wants.</summary>
    public FollowChoice Choice { get; init; } = FollowChoice.Auto;

    /// <summary>Between two takings of what is dirty, at least.</summary>
    public TimeSpan TakenEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long more changes are gathered after the first one.</summary>
    public TimeSpan Gathering { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Entries taken at once, and accounts computed at once.</summary>
    public int AtOnce { get; init; } = 1_000;

    /// <summary>More dirty accounts than this part of all rows are left to a run.</summary>
    public double PartMax { get; init; } = 0.05;

    /// <summary>On a small platform so many are no reason for a run yet.</summary>
    public int AccountsMaxAtLeast { get; init; } = 1_000;

    /// <summary>The first pause after a failure; it doubles up to <see cref="BackoffMax"/>.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="Backoff"/>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a better way to follow is looked for where there was none.</summary>
    public TimeSpan ReconsideredEvery { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A run that is asked for is asked for again after so long, if none has begun.</summary>
    public TimeSpan RunAskedEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often published rows are compared with the sources, besides after each run.</summary>
    public TimeSpan SampledEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Accounts of a sample.</summary>
    public int SampledAccounts { get; init; } = 200;
}

/// <summary>What an operator wants of following.</summary>
public enum FollowChoice
{
    /// <summary>The feed where everything for it is there, else polling.</summary>
    Auto,

    /// <summary>The feed; while it cannot be, polling, and the log says why.</summary>
    Feed,

    /// <summary>Polling alone.</summary>
    Poll,

    /// <summary>Runs alone.</summary>
    Off,
}
