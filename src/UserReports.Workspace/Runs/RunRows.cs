namespace UserReports.Workspace.Runs;

/// <summary>One run of the shared store.</summary>
internal sealed class SharedRunRow
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string Uid { get; set; }

    /// <summary>Grows with each run.</summary>
    public required long Number { get; set; }

    /// <summary><see cref="Store.RunStatus"/>.</summary>
    public required int Status { get; set; }

    public required long StartedAt { get; set; }

    public long? FinishedAt { get; set; }

    public required long AccountsTotal { get; set; }

    public long AccountsDone { get; set; }

    public long RowsWritten { get; set; }

    public required int RangesTotal { get; set; }

    public int RangesDone { get; set; }

    public long? HeartbeatAt { get; set; }

    public string? LastError { get; set; }

    public long WarningCount { get; set; }

    /// <summary>What the last touched account was numbered.</summary>
    public long TouchedLast { get; set; }

    /// <summary>Up to which touched accounts have been looked at.</summary>
    public long TouchedSeen { get; set; }
}

/// <summary>A range of a run in progress.</summary>
internal sealed class SharedRangeRow
{
    public required string Run { get; set; }

    public required long FirstId { get; set; }

    public required long LastId { get; set; }

    public required long Accounts { get; set; }

    /// <summary><see cref="RangeStatus"/>.</summary>
    public required int Status { get; set; }

    public string? Owner { get; set; }

    public long LeaseUntil { get; set; }

    public int Attempts { get; set; }

    /// <summary>What its rows carry, once it is done.</summary>
    public long? Claim { get; set; }
}

/// <summary>Where a range stands.</summary>
internal static class RangeStatus
{
    public const int Pending = 0;

    public const int Claimed = 1;

    public const int Done = 2;
}

/// <summary>A data warning of a run.</summary>
internal sealed class SharedWarningRow
{
    public required string Run { get; set; }

    public required int Number { get; set; }

    public required string Subject { get; set; }

    public required string Problem { get; set; }
}

/// <summary>An account that is to be corrected before a run completes.</summary>
internal sealed class TouchedAccountRow
{
    public required string Run { get; set; }

    public required long Account { get; set; }

    public required long Sequence { get; set; }
}

/// <summary>A generation of the shared store.</summary>
internal sealed class SharedGenerationRow
{
    public required string Name { get; set; }

    public required string Run { get; set; }

    /// <summary><see cref="GenerationStatus"/>.</summary>
    public required int Status { get; set; }

    public required int Layout { get; set; }

    public long? CompletedAt { get; set; }

    /// <summary>The last change that may be read.</summary>
    public long Change { get; set; }

    public long FirstChange { get; set; }

    /// <summary>The last number that was given out.</summary>
    public long LastNumber { get; set; }

    /// <summary>The number that was given out and not published yet.</summary>
    public long? BegunNumber { get; set; }

    /// <summary>Numbers that may not be read, with commas between them.</summary>
    public string GivenUp { get; set; } = "";

    public long Rows { get; set; }

    public long Changed { get; set; }

    public long Replaced { get; set; }

    /// <summary>When somebody last used it.</summary>
    public long UsedAt { get; set; }
}

/// <summary>Where a generation stands.</summary>
internal static class GenerationStatus
{
    public const int Building = 0;

    public const int Current = 1;

    public const int Retired = 2;
}
