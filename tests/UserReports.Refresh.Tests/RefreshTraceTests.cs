using System.Collections.Concurrent;
using System.Diagnostics;

namespace UserReports.Refresh.Tests;

public sealed class RefreshTraceTests
{
    [Fact]
    public async Task Run_Traced_ShowsItsRangesFromReadingToCommit()
    {
        await using var platform = await SmallPlatform.CreateAsync();
        using var own = new Activity("test").Start();
        ConcurrentQueue<Activity> ended = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RefreshMeter.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        Assert.True((await platform.RunAsync()).IsCompleted);

        // Other tests' runs are traced meanwhile, too.
        var traced = ended.Where(activity => activity.TraceId == own.TraceId).ToList();
        var run = Assert.Single(traced, activity => activity.OperationName == "refresh.run");
        var ranges = traced.Where(activity => activity.OperationName == "refresh.range").ToList();
        Assert.Equal(10, ranges.Count);
        Assert.All(ranges, range => Assert.Equal(run.SpanId, range.ParentSpanId));
        foreach (var part in (string[])["refresh.read", "refresh.commit"])
        {
            Assert.Equal(
                ranges.Select(range => range.SpanId.ToString()).Order(),
                traced
                    .Where(activity => activity.OperationName == part)
                    .Select(activity => activity.ParentSpanId.ToString())
                    .Order()
            );
        }

        Assert.Equal(
            ["user_reports.accounts", "user_reports.attempt", "user_reports.ranges", "user_reports.run"],
            traced.SelectMany(activity => activity.TagObjects).Select(tag => tag.Key).Distinct().Order()
        );
    }
}
