namespace UserReports.Workspace.Following;

/// <summary>Where a feed goes on from.</summary>
internal sealed class FeedPositionRow
{
    public required string Feed { get; set; }

    public required string Position { get; set; }
}

/// <summary>Something that is to be computed anew.</summary>
internal sealed class DirtyRow
{
    public required string Database { get; set; }

    public required int Kind { get; set; }

    public required string Name { get; set; }

    /// <summary>By which the oldest comes first: that of the first time it was told and is not done yet.</summary>
    public required long FirstSequence { get; set; }

    /// <summary>That of the last time it was told.</summary>
    public required long Sequence { get; set; }

    public required long Lsn { get; set; }

    public required long FirstCommit { get; set; }

    /// <summary>Of the last time it was told: what counts once the first time is done.</summary>
    public required long LastCommit { get; set; }
}

/// <summary>A run that is asked for.</summary>
internal sealed class RequestedRunRow
{
    public required string Database { get; set; }

    public required string Reason { get; set; }

    public required long AskedAt { get; set; }

    public required long Lsn { get; set; }

    public long? ReadableSince { get; set; }
}

/// <summary>A source table whose keys are kept; its number stands in their rows.</summary>
internal sealed class FeedKeyTableRow
{
    public required int Id { get; set; }

    public required string Name { get; set; }

    public required bool IsFilled { get; set; }
}

/// <summary>Whose a row of a source table is.</summary>
internal sealed class FeedKeyRow
{
    public required int TableId { get; set; }

    public required string Key { get; set; }

    public long? Account { get; set; }

    public string? Organization { get; set; }
}

/// <summary>What the last sample of published rows showed; there is one row at most.</summary>
internal sealed class AccuracyRow
{
    public required int Id { get; set; }

    public required long SampledAt { get; set; }

    public required int Rows { get; set; }

    public required int DifferingRows { get; set; }

    /// <summary>JSON.</summary>
    public required string Fields { get; set; }
}
