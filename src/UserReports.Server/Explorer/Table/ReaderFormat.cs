using System.Globalization;
using UserReports.Core.Figures;

namespace UserReports.Server.Explorer.Table;

/// <summary>Numbers, bytes and times as the reader's locale writes them.</summary>
/// <param name="Culture">The reader's.</param>
public sealed record ReaderFormat(CultureInfo Culture)
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Takes the first locale of an Accept-Language header that exists; English without one.</summary>
    public static ReaderFormat Of(string? acceptLanguage)
    {
        foreach (var part in (acceptLanguage ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = part.Split(';')[0].Trim();
            try
            {
                if (name.Length is > 1 and < 20 && name != "*")
                    return new(CultureInfo.GetCultureInfo(name, predefinedOnly: true));
            }
            catch (CultureNotFoundException)
            {
                // The header may name locales that nobody knows; the next one is as good.
            }
        }

        return new(CultureInfo.GetCultureInfo("en-GB"));
    }

    /// <summary>A number with its word: 1 row, 1,234 rows.</summary>
    /// <inheritdoc cref="Counted.Of"/>
    public string Count(long number, string one, string? several = null) => Counted.Of(number, one, several, Culture);

    /// <summary>A whole number with separators.</summary>
    public string Number(long number) => number.ToString("N0", Culture);

    /// <summary>A number short enough for a tile: 12.3 k, 4.5 M.</summary>
    public string Short(long number) =>
        Math.Abs((double)number) switch
        {
            < 100_000 => Number(number),
            < 1e6 => (number / 1e3).ToString("N0", Culture) + " k",
            < 1e9 => (number / 1e6).ToString("N1", Culture) + " M",
            < 1e12 => (number / 1e9).ToString("N1", Culture) + " G",
            _ => (number / 1e12).ToString("N1", Culture) + " T",
        };

    /// <summary>Bytes in decimal units, as plans count them.</summary>
    public string Bytes(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (Math.Abs(value) >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        var digits = unit == 0 || Math.Abs(value) >= 100 ? "N0" : "N1";
        return $"{value.ToString(digits, Culture)} {Units[unit]}";
    }

    /// <summary>The instant itself, UTC.</summary>
    public string Exact(DateTimeOffset instant) =>
        $"{Day(instant)} {instant.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC";

    /// <summary>The day of an instant, UTC.</summary>
    public string Day(DateTimeOffset instant) => Date(instant, "d", "yyyy-MM-dd");

    /// <summary>The month of an instant, UTC.</summary>
    public string Month(DateTimeOffset instant) => Date(instant, "MMM yyyy", "yyyy-MM");

    /// <summary>How far from now, in the largest unit that fits.</summary>
    public string Relative(DateTimeOffset instant, DateTimeOffset now)
    {
        var span = now - instant;
        var text = Span(span.Duration());
        return text.Length == 0 ? "just now"
            : span < TimeSpan.Zero ? $"in {text}"
            : $"{text} ago";
    }

    /// <summary>How long, in the largest unit that fits; empty below five seconds.</summary>
    public string Span(TimeSpan span) =>
        span switch
        {
            { TotalSeconds: < 5 } => "",
            { TotalSeconds: < 90 } => $"{Number((long)span.TotalSeconds)} s",
            { TotalMinutes: < 90 } => $"{Number((long)span.TotalMinutes)} min",
            { TotalHours: < 36 } => $"{Number((long)span.TotalHours)} h",
            { TotalDays: < 60 } => Count((long)span.TotalDays, "day"),
            { TotalDays: < 730 } => Count((long)(span.TotalDays / 30.44), "month"),
            _ => Count((long)(span.TotalDays / 365.25), "year"),
        };

    /// <summary>A locale's calendar may not reach as far as instants do.</summary>
    private string Date(DateTimeOffset instant, string format, string plainFormat)
    {
        var calendar = Culture.DateTimeFormat.Calendar;
        return
            instant.UtcDateTime < calendar.MinSupportedDateTime || instant.UtcDateTime > calendar.MaxSupportedDateTime
            ? instant.UtcDateTime.ToString(plainFormat, CultureInfo.InvariantCulture)
            : instant.UtcDateTime.ToString(format, Culture);
    }
}
