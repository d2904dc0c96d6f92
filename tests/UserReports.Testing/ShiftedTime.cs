namespace UserReports.Testing;

/// <summary>The real time, some time later or earlier: it goes on, but not from today.</summary>
public sealed class ShiftedTime : TimeProvider
{
    /// <summary>What the real time lacks.</summary>
    public TimeSpan Shift { get; set; }

    /// <summary>A clock that shows an instant now, and goes on from there.</summary>
    public static ShiftedTime From(DateTimeOffset now) => new() { Shift = now - System.GetUtcNow() };

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
