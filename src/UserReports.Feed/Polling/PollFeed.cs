using System.Runtime.CompilerServices;

namespace UserReports.Feed.Polling;

/// <summary>
/// Finds changes by asking: SELECT alone, on any server, replica or version, a few bounded questions again and again.
/// What no question finds waits for the next run; <see cref="Questions"/> says what that is.
/// </summary>
internal sealed class PollFeed(string database, PollMemory memory, PollSettings settings, TimeProvider time)
    : IChangeFeed
{
    /// <inheritdoc/>
    public string Name => $"{database} poll";

    /// <inheritdoc/>
    public IReadOnlyList<FeedQuestion> Questions => memory.Shown;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChangeBatch> FollowAsync(
        string? position,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            while (!memory.MayAsk)
                await Task.Delay(settings.Every, time, cancellationToken);
            var beganAt = time.GetTimestamp();
            var batch = await memory.AskAsync(position, cancellationToken);
            var took = time.GetElapsedTime(beganAt);
            yield return batch;
            var rest = settings.After(took) - time.GetElapsedTime(beganAt);
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task ConfirmAsync(ChangeBatch batch, CancellationToken cancellationToken)
    {
        memory.Keep();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
