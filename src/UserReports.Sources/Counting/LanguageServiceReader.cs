using UserReports.Core.Reports;
using UserReports.Sources.Connections;
using UserReports.Sources.Reading;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Counting;

/// <summary>Reads accounts' own use of the language services, summed by the database.</summary>
internal static class LanguageServiceReader
{
    private const string Services = "trackers_nlpusagecounter";

    /// <summary>
    /// The selected accounts' own use of the language services, ever and in the last weeks, into
    /// <paramref name="usage"/>; only accounts that have any.
    /// </summary>
    public static SourceStatement AllTime(
        SourceSession session,
        SourceCatalogue catalogue,
        AccountSelection selection,
        DateOnly today,
        Dictionary<long, LanguageServiceUse> usage,
        Action<DataWarning> warn
    )
    {
        var days = RecentCounters.DaysOfWeeks(today);
        return new(
            $"""
            select c.user_id, {Sums(catalogue)}, {Nulls(catalogue)}{Weeks(catalogue)} from {Services} c
            where {selection.Where("c.user_id", 1 + days.Count)} group by c.user_id
            """,
            row =>
            {
                usage[row.Integer(0)] = new(Values(row), ByWeek(catalogue, row, Metric.LanguageServices.Count + 2));
                CounterSums.Warn(warn, Services, row.Integer(0), row, Metric.LanguageServices.Count + 1);
            },
            [.. days, .. selection.Parameters(session)]
        );
    }

    /// <summary>
    /// Accounts' own use of the language services within windows, by the windows' places; only where there is any.
    /// </summary>
    public static async Task<Dictionary<int, MetricValues<long>>> ReadWithinAsync(
        SourceSession session,
        SourceCatalogue catalogue,
        IReadOnlyList<UsageWindow> windows,
        CancellationToken cancellationToken
    )
    {
        var usage = new Dictionary<int, MetricValues<long>>();
        if (windows.Count == 0)
            return usage;
        await session.ReadAsync(
            $"""
            select w.slot, {Sums(catalogue)}
            from (
                select unnest(cast($1 as integer[])) as slot, unnest(cast($2 as integer[])) as user_id,
                    unnest(cast($3 as integer[])) as first_day, unnest(cast($4 as integer[])) as last_day) w
                join {Services} c on c.user_id = w.user_id
                    and {DayOf(catalogue)} between date '1970-01-01' + w.first_day and date '1970-01-01' + w.last_day
            group by w.slot
            """,
            row => usage[(int)row.Integer(0)] = Values(row),
            cancellationToken,
            UsageWindow.Arrays(session, windows, [.. Enumerable.Range(0, windows.Count)])
        );
        return usage;
    }

    private static string Weeks(SourceCatalogue catalogue) =>
        string.Concat(
            Metric
                .LanguageServices.Where(catalogue.CanRead)
                .Select(metric => new SourceColumns(catalogue).Counter(Services, "c", metric.SourceColumn!))
                .Select(counter => ", " + RecentCounters.SumsOfWeeks(counter, DayOf(catalogue), 1))
        );

    /// <summary>Null for none at all, as of most accounts that ever used a service.</summary>
    private static MetricValues<long[]?>? ByWeek(SourceCatalogue catalogue, SourceRow row, int first)
    {
        MetricValues<long[]?>? values = null;
        for (var i = 0; i < Metric.LanguageServices.Count; i++)
        {
            if (!catalogue.CanRead(Metric.LanguageServices[i]))
                continue;
            var weeks = RecentCounters.ReadWeeks(row, first);
            first += weeks.Length;
            if (weeks.AsSpan().ContainsAnyExcept(0))
                (values ??= new(Metric.LanguageServices))[i] = weeks;
        }

        return values;
    }

    private static string DayOf(SourceCatalogue catalogue) => new SourceColumns(catalogue).Day(Services, "c", "date");

    private static string Sums(SourceCatalogue catalogue) =>
        string.Join(
            ", ",
            Metric.LanguageServices.Select(metric =>
                catalogue.CanRead(metric)
                    ? CounterSums.Sum(new SourceColumns(catalogue).Counter(Services, "c", metric.SourceColumn!))
                    : "cast(0 as bigint)"
            )
        );

    private static string Nulls(SourceCatalogue catalogue) =>
        string.Join(
            " + ",
            Metric
                .LanguageServices.Where(catalogue.CanRead)
                .Select(metric =>
                    $"(count(*) - count({new SourceColumns(catalogue).Counter(Services, "c", metric.SourceColumn!)}))"
                )
                .DefaultIfEmpty("0")
        );

    private static MetricValues<long> Values(SourceRow row)
    {
        var values = new MetricValues<long>(Metric.LanguageServices);
        for (var i = 0; i < Metric.LanguageServices.Count; i++)
            values[i] = row.Integer(i + 1);
        return values;
    }
}

/// <summary>An account's own use of the language services.</summary>
/// <param name="ByWeek">Sums of weeks for each metric that was used in them; null for none at all.</param>
internal sealed record LanguageServiceUse(MetricValues<long> AllTime, MetricValues<long[]?>? ByWeek);
