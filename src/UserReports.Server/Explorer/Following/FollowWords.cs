using System.Globalization;
using UserReports.Feed;
using UserReports.Refresh.Following;

namespace UserReports.Server.Explorer.Following;

/// <summary>What the explorer says of how fresh the rows are.</summary>
public static class FollowWords
{
    /// <summary>Further behind, nobody would call it live.</summary>
    private static readonly TimeSpan LiveWithin = TimeSpan.FromMinutes(2);

    /// <summary><c>Live, 2 s behind</c>; null where the rows are as old as the last run.</summary>
    public static string? Of(FollowState state) =>
        state is { Mode: not FollowMode.Off, Problem: null, Lag: { } lag } && lag <= LiveWithin
            ? $"Live, {Span(lag)} behind"
            : null;

    /// <summary>A lag: <c>2 s</c>, <c>3 min</c>.</summary>
    public static string Span(TimeSpan lag) =>
        lag < TimeSpan.FromMinutes(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Ceiling(lag.TotalSeconds)):0} s")
        : lag < TimeSpan.FromHours(2) ? string.Create(CultureInfo.InvariantCulture, $"{lag.TotalMinutes:0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{lag.TotalHours:0} h");
}
