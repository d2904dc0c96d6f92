namespace UserReports.Feed.Replication.Servers;

/// <summary>What one look at the server showed.</summary>
/// <param name="Lsn">The end of the write-ahead log.</param>
/// <param name="Time">The server's clock then: what was committed before has a place before that end.</param>
/// <param name="Slot">The service's slot, or null if there is none.</param>
/// <param name="Design">Of publications and tables.</param>
internal sealed record ServerLook(ulong Lsn, DateTimeOffset Time, SlotLook? Slot, FollowedDesign Design);

/// <summary>What a slot is like.</summary>
/// <param name="ActiveBy">The server's process that serves it, or null.</param>
/// <param name="Confirmed">What was committed before is not told again.</param>
/// <param name="Retained">Bytes of write-ahead log that it holds back; null if it holds none any more.</param>
/// <param name="Status"><c>lost</c> once the server has taken away what it needs; null if not known.</param>
internal sealed record SlotLook(
    string Plugin,
    string? Database,
    int? ActiveBy,
    ulong Confirmed,
    long? Retained,
    string? Status
)
{
    /// <summary>True if nothing can be told from it any more.</summary>
    public bool IsLost => Status == "lost";
}
