using UserReports.Feed.Polling;
using UserReports.Sources.Connections;

namespace UserReports.Feed.Tests.Polling;

/// <summary>Polling of one database, round by round.</summary>
internal sealed class Polled(SourceDatabase database, PollSettings settings)
{
    private readonly PollMemory memory = new(database, settings, TimeProvider.System);

    /// <summary>Nothing is compared whole: what is found, an index has found.</summary>
    public static PollSettings ByIndex { get; } = new() { WholeRowsMax = -1, PagesMax = 0 };

    /// <summary>As on a small platform.</summary>
    public static PollSettings Whole { get; } = new();

    public IReadOnlyList<FeedQuestion> Questions => memory.Shown;

    public string? Position { get; private set; }

    /// <summary>A round whose batch is written down.</summary>
    public async Task<ChangeBatch> AskAsync(string? position = null)
    {
        var batch = await AskOnlyAsync(position);
        memory.Keep();
        return batch;
    }

    /// <summary>A round whose batch is lost.</summary>
    public async Task<ChangeBatch> AskOnlyAsync(string? position = null)
    {
        var batch = await memory.AskAsync(position ?? Position, default);
        Position = batch.Position;
        return batch;
    }

    public static string Found(ChangeBatch batch) =>
        $"accounts {string.Join(',', batch.Accounts.Order())} owners {string.Join(',', batch.Owners.Order())} "
        + $"organizations {string.Join(',', batch.Organizations.Order(StringComparer.Ordinal))} run {batch.RunReason}";
}
