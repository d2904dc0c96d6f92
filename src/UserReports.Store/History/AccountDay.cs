namespace UserReports.Store.History;

/// <summary>What a day's snapshot has of one account.</summary>
/// <param name="TakenAt">When the run completed whose rows these are.</param>
/// <param name="Documents">Its rows (UTF-8 JSON objects), by organisation; none if it had none that day.</param>
public sealed record AccountDay(DateOnly Day, DateTimeOffset TakenAt, IReadOnlyList<ReadOnlyMemory<byte>> Documents);
