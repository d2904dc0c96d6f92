using System.Globalization;

namespace UserReports.Bench.Results;

/// <summary>Finds what got slower from one run to another.</summary>
public static class Comparison
{
    /// <summary>By how much a figure may be worse before it counts.</summary>
    public const double Tolerance = 0.20;

    /// <summary>Differences below this are noise, whatever their ratio (milliseconds).</summary>
    public const double NoiseMs = 1;

    /// <summary>
    /// Names every case that got worse by more than <see cref="Tolerance"/>, and every case that is gone.
    /// </summary>
    public static IReadOnlyList<string> Regressions(BenchResults before, BenchResults after)
    {
        if (before.Accounts != after.Accounts)
            return [$"not comparable: {before.Accounts} accounts before, {after.Accounts} after"];
        // The generated platform's present is the day of its run: another day has other rows.
        var sameDay = before.Date == after.Date;
        var now = after.Measurements.ToDictionary(measurement => measurement.Key, StringComparer.Ordinal);
        return
        [
            .. from old in before.Measurements
            let found = now.GetValueOrDefault(old.Key)
            let verdict = found is null ? $"{old.Key}: no longer measured" : Verdict(old, found, sameDay)
            where verdict is not null
            select verdict,
        ];
    }

    private static string? Verdict(Measurement before, Measurement after, bool sameDay)
    {
        if (sameDay && before.Rows != after.Rows)
            return $"{before.Key}: finds {after.Rows} rows instead of {before.Rows}";
        if (before.Unit == "ms" && Math.Abs(after.Value - before.Value) < NoiseMs)
            return null;
        var ratio = before.MoreIsBetter ? before.Value / after.Value : after.Value / before.Value;
        return ratio > 1 + Tolerance
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{before.Key}: {after.Value:0.##} {after.Unit} instead of {before.Value:0.##} ({ratio:0.00} times)"
            )
            : null;
    }
}
