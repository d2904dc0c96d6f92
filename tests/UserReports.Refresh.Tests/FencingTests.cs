namespace UserReports.Refresh.Tests;

public sealed class FencingTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Worker_SilentWhileAnotherDoesTheRun_WritesNothingAndSaysSo()
    {
        await using var platform = await SmallPlatform.CreateAsync(100);
        RefreshOutcome? other = null;
        IReadOnlyList<string> written = [];
        var first = true;
        var outcome = await platform.RunAsync(
            new InterruptedSource(
                platform.Source,
                async (_, _) =>
                {
                    if (!first)
                        return;
                    first = false;
                    platform.Time.Advance(Lease * 5);
                    other = await platform.RunAsync();
                    written = await platform.DocumentsAsync();
                }
            )
        );

        Assert.Equal(other!.Run.Uid, outcome.Run.Uid);
        Assert.Equal((2, 2), (other.Run.RangesDone, outcome.Run.RangesDone));
        Assert.Equal(written, await platform.DocumentsAsync());
        Assert.Equal(written.Count, (int)outcome.Run.RowsWritten);
        Assert.Contains(
            "This worker was silent for longer than its lease, and 1 ranges were lost; nothing of them was written.",
            platform.Log.Lines
        );
    }

    [Fact]
    public async Task Worker_LosesItsRangeToAnotherOfTheSamePass_TheOlderReadingIsNotWritten()
    {
        await using var platform = await SmallPlatform.CreateAsync(150);
        platform.Settings = platform.Settings with { Workers = 2, AccountsPerRange = 150 };
        var reads = 0;
        var olderIsRead = new TaskCompletionSource();
        var source = new InterruptedSource(
            platform.Source,
            (_, _) => Task.CompletedTask,
            async (_, token) =>
            {
                if (Interlocked.Increment(ref reads) == 1)
                {
                    // What this worker has read grows old; the other takes the range once the lease has passed.
                    platform.Change("platform", "update auth_user set first_name = 'Newer' where id = 3");
                    while (Volatile.Read(ref reads) < 2)
                    {
                        platform.Time.Advance(Lease * 2);
                        await Task.Delay(10, token);
                    }

                    olderIsRead.SetResult();
                    return;
                }

                await olderIsRead.Task;
                for (var waited = 0; waited < 500 && !SaysLost(platform); waited++)
                    await Task.Delay(10, token);
            }
        );
        using var engine = platform.Engine(source);

        var running = engine.RunAsync(null, Cancelled);
        while (!running.IsCompleted)
        {
            platform.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, Cancelled);
        }

        var outcome = await running;

        Assert.True(outcome.IsCompleted);
        // On a slow machine the clock, which runs fast here, may pass more leases than the one that is meant.
        Assert.InRange(reads, 2, int.MaxValue);
        Assert.Single(await platform.DocumentsAsync("first_name:Newer"));
        Assert.Equal(outcome.Run.RowsWritten, platform.Store.Reader.Snapshot!.Rows);
    }

    private static bool SaysLost(SmallPlatform platform) =>
        platform.Log.Lines.Any(line => line.Contains("were lost", StringComparison.Ordinal));
}
