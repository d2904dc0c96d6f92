using System.Globalization;
using UserReports.Sources;
using UserReports.Sources.Load;
using static UserReports.Server.Configuration.SettingKinds;

namespace UserReports.Server.Configuration;

/// <summary>The settings that bound what the service costs the sources.</summary>
public static class LoadSettings
{
    private static readonly SourceSettings Usual = new("", "");

    /// <summary>The share of a core.</summary>
    public static readonly Setting<double?> Budget = new(
        "Sources:Budget",
        Usual.Budget.ToString(CultureInfo.InvariantCulture),
        FormattableString.Invariant($"a number from {SourceBudget.LeastShare} to {SourceBudget.MostShare}"),
        "The share of one core of the sources' server that reading may keep busy on average: a run slows down, a poll is left out.",
        text =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
            && share is >= SourceBudget.LeastShare and <= SourceBudget.MostShare
                ? share
                : null
    );

    /// <summary>Another share by time of day.</summary>
    public static readonly Setting<IReadOnlyList<BudgetHours>> QuietHours = new(
        "Sources:QuietHours",
        "",
        "times of day in UTC with their budgets, such as 22:00-05:00=1.5,12:00-13:00=0.1, or nothing",
        "Other budgets by time of day, higher or lower.",
        BudgetHours.Read
    );

    /// <summary>How far a replica may be behind.</summary>
    public static readonly Setting<TimeSpan?> ReplicaLag = Duration(
        "Sources:ReplicaLagMax",
        Usual.ReplicaLagMax,
        "00:00:01",
        "1.00:00:00",
        "How far a replica that is read may be behind before a run holds back."
    );
}
