namespace UserReports.EndToEnd.Tests;

/// <summary>A clock that shows what a test sets, while waiting takes real time: workers wait for each other.</summary>
internal sealed class SetClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
