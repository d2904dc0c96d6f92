using UserReports.Refresh.History;
using UserReports.Store.History;
using static UserReports.Server.Configuration.SettingKinds;

namespace UserReports.Server.Configuration.History;

/// <summary>The settings of the days that are kept.</summary>
public static class HistorySettings
{
    private static readonly HistoryRules Usual = new();

    /// <summary>Whether no day is kept.</summary>
    public static readonly Setting<bool?> Off = Flag(
        "History:Off",
        Usual.IsOff,
        "Keep no snapshots of days; those that there are stay until History:Keep lets them go."
    );

    /// <summary>How many are kept.</summary>
    public static readonly Setting<HistoryKeep> Keep = new(
        "History:Keep",
        Usual.Keep.ToString(),
        "counts of days, weeks and months such as daily:35,weekly:12,monthly:24, each kind at most once",
        "How many snapshots are kept: of the newest days, and of the newest weeks and months the first of each. A snapshot takes about 200 MB for a million rows.",
        HistoryKeep.Parse
    );

    /// <summary>How long who has left stays.</summary>
    public static readonly Setting<TimeSpan?> ErasureWithin = Duration(
        "History:ErasureWithin",
        Usual.ErasureWithin,
        "01:00:00",
        "90.00:00:00",
        "How long an account that the platform has removed may stay in snapshots; they are written anew without it in time."
    );

    /// <summary>All of them, in the order of docs/settings.md.</summary>
    internal static readonly IReadOnlyList<Setting> All = [Off, Keep, ErasureWithin];

    /// <summary>The rules that they make.</summary>
    internal static HistoryRules RulesOf(ServerSettings settings) =>
        new()
        {
            IsOff = settings.Of(Off),
            Keep = settings.Of(Keep),
            ErasureWithin = settings.Of(ErasureWithin),
        };
}
