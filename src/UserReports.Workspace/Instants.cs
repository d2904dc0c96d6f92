namespace UserReports.Workspace;

/// <summary>Instants as the tables have them: microseconds since 1970.</summary>
internal static class Instants
{
    public static long Microseconds(DateTimeOffset instant) => Microseconds(instant - DateTimeOffset.UnixEpoch);

    /// <summary>A duration in the same unit.</summary>
    public static long Microseconds(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Of(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
