using UserReports.Core.Figures;
using UserReports.Server.Api.History;
using UserReports.Store.History;

namespace UserReports.Server.Commands.Checks;

/// <summary>What <c>check</c> says of the days that are kept.</summary>
internal static class HistoryCheck
{
    private const string Where = "history";

    /// <summary>A line for all days, or one for each that is damaged.</summary>
    public static async Task<IReadOnlyList<CheckLine>> RunAsync(
        IReportHistory history,
        CancellationToken cancellationToken
    )
    {
        var days = await history.ExamineAsync(cancellationToken);
        List<CheckLine> damaged =
        [
            .. days.Where(day => day.Damage is not null)
                .Select(day => new CheckLine(
                    CheckLine.Failure,
                    Where,
                    PastReports.Spell(day.Day),
                    $"{day.Damage} Put a good copy in its place, or delete it; other days answer."
                )),
        ];
        if (damaged.Count > 0)
            return damaged;
        var said =
            days.Count == 0
                ? "no day is kept yet"
                : $"{Counted.Of(days.Count, "day")} since {PastReports.Spell(days[^1].Day)}, {days.Sum(day => day.Bytes) / 1_000_000} MB, all whole";
        return [new(CheckLine.Ok, Where, "days", said)];
    }
}
