using System.Globalization;
using System.Text.Json;
using UserReports.Core.Reports;
using UserReports.Server.Api.History;

namespace UserReports.Server.Explorer.Year;

/// <summary>An account's year as its page shows it; every list has a place for each day.</summary>
/// <param name="Missing">What could not be had at all, in sentences.</param>
internal sealed record YearFigures(
    IReadOnlyList<DateOnly> Days,
    IReadOnlyList<long?> Submissions,
    IReadOnlyList<long?> StorageBytes,
    IReadOnlyList<IReadOnlyList<long?>> Limits,
    IReadOnlyList<IReadOnlyList<long?>> Percents,
    IReadOnlyList<IReadOnlyList<string>?> Products,
    IReadOnlyList<string> Missing
)
{
    /// <summary>What is read for it.</summary>
    public static readonly IReadOnlyList<HistoryMetric> Metrics =
    [
        HistoryMetric.Submissions,
        HistoryMetric.StorageBytes,
        HistoryMetric.Products,
        .. Metric.All.Select(HistoryMetric.LimitOf),
        .. Metric.All.Select(HistoryMetric.PercentOf),
    ];

    /// <summary>The days on which something else was subscribed to than on the last day before that is known.</summary>
    public IReadOnlyList<PlanChange> Changes { get; } = ChangesOf(Products);

    /// <summary>Takes the figures out of a history of <see cref="Metrics"/>.</summary>
    public static YearFigures Of(AccountHistory history) =>
        new(
            history.Days,
            Numbers(history, HistoryMetric.Submissions),
            Numbers(history, HistoryMetric.StorageBytes),
            [.. Metric.All.Select(metric => Numbers(history, HistoryMetric.LimitOf(metric)))],
            [.. Metric.All.Select(metric => Numbers(history, HistoryMetric.PercentOf(metric)))],
            [.. history.Of(HistoryMetric.Products)!.Select(Texts)],
            [.. history.Missing.Select(part => part.Detail)]
        );

    private static List<long?> Numbers(AccountHistory history, HistoryMetric metric) =>
        [
            .. history
                .Of(metric)!
                .Select(value => value is null ? (long?)null : long.Parse(value, CultureInfo.InvariantCulture)),
        ];

    private static IReadOnlyList<string>? Texts(string? json)
    {
        if (json is null)
            return null;
        using var list = JsonDocument.Parse(json);
        return [.. list.RootElement.EnumerateArray().Select(text => text.GetString()!)];
    }

    private static List<PlanChange> ChangesOf(IReadOnlyList<IReadOnlyList<string>?> products)
    {
        List<PlanChange> changes = [];
        var last = -1;
        for (var place = 0; place < products.Count; place++)
        {
            if (products[place] is not { } now)
                continue;
            if (last >= 0 && products[last] is { } before && !before.SequenceEqual(now))
                changes.Add(new(last, place, before, now));
            last = place;
        }

        return changes;
    }
}

/// <summary>Something else was subscribed to from one known day to the next.</summary>
/// <param name="Before">The place of the last day with the former products.</param>
/// <param name="Place">That of the first day with the others.</param>
public sealed record PlanChange(int Before, int Place, IReadOnlyList<string> Was, IReadOnlyList<string> Now);
