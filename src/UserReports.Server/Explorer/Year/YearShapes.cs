using System.Globalization;
using System.Text;

namespace UserReports.Server.Explorer.Year;

/// <summary>Paths of a chart in which a day is one unit wide, and all is as high as <see cref="Height"/>.</summary>
internal static class YearShapes
{
    /// <summary>How high a chart is.</summary>
    public const int Height = 100;

    private const double BarWidth = 0.8;

    /// <summary>A bar for each day; what is more than nothing is seen to be more.</summary>
    public static string Bars(IReadOnlyList<long?> values, double most)
    {
        var path = new StringBuilder();
        for (var day = 0; day < values.Count; day++)
        {
            if (values[day] is > 0 and var value)
                Add(path, $"M{day:0.##} {Height}V{Math.Min(Of(value, most), Height - 1):0.##}h{BarWidth}V{Height}z");
        }

        return path.ToString();
    }

    /// <summary>Lines between days that follow each other; nothing is drawn where nothing is known.</summary>
    public static string Lines(IReadOnlyList<long?> values, double most)
    {
        var path = new StringBuilder();
        for (var day = 0; day < values.Count; day++)
        {
            if (values[day] is { } value)
                Add(
                    path,
                    $"{(day > 0 && values[day - 1] is not null ? 'L' : 'M')}{day + 0.5:0.##} {Of(value, most):0.##}"
                );
        }

        return path.ToString();
    }

    /// <summary>A point for each day that is known and has no neighbour.</summary>
    public static string Points(IReadOnlyList<long?> values, double most)
    {
        var path = new StringBuilder();
        for (var day = 0; day < values.Count; day++)
        {
            var isAlone = (day == 0 || values[day - 1] is null) && (day == values.Count - 1 || values[day + 1] is null);
            if (values[day] is { } value && isAlone)
                Add(path, $"M{day + 0.5:0.##} {Of(value, most):0.##}h0");
        }

        return path.ToString();
    }

    /// <summary>The stretches of days of which nothing is known.</summary>
    public static IEnumerable<(int First, int Length)> Gaps(IReadOnlyList<long?> values)
    {
        for (var day = 0; day < values.Count; day++)
        {
            var first = day;
            while (day < values.Count && values[day] is null)
                day++;
            if (day > first)
                yield return (first, day - first);
        }
    }

    /// <summary>From the last day to the limit, so many days later.</summary>
    public static string Ray(int days, long value, long limit, long daysToLimit, double most) =>
        Text($"M{days - 0.5:0.##} {Of(value, most):0.##}L{days - 0.5 + daysToLimit:0.##} {Of(limit, most):0.##}");

    /// <summary>What lies between two such ways.</summary>
    public static string Cone(int days, long value, long limit, long earliest, long median, double most) =>
        Text(
            $"M{days - 0.5:0.##} {Of(value, most):0.##}L{days - 0.5 + earliest:0.##} {Of(limit, most):0.##}H{days - 0.5 + median:0.##}z"
        );

    /// <summary>How far down a value is.</summary>
    public static double Of(long value, double most) => Height - (Height * Math.Clamp(value / most, 0, 1));

    /// <summary>A part of all as a style has it.</summary>
    public static string Percent(double part, double all) => Text($"{100 * part / all:0.###}%");

    private static void Add(StringBuilder path, FormattableString text) => path.Append(Text(text));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
