using System.Globalization;

namespace UserReports.Sources.Schema;

/// <summary>Values that stand as text where another type is wanted. False, and null, for what is none.</summary>
internal static class SourceText
{
    /// <summary>A whole number of at most 64 bits, maybe with a fraction of zeros.</summary>
    public static bool TryInteger(string text, out long? number)
    {
        number = null;
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole))
            number = whole;
        else if (TryDecimal(text, out var other) && other % 1 == 0 && other is >= long.MinValue and <= long.MaxValue)
            number = (long)other;
        return number is not null;
    }

    /// <summary>A number; its zeros behind the point are kept.</summary>
    public static bool TryDecimal(string text, out decimal? number)
    {
        var isOne = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var found);
        number = isOne ? found : null;
        return isOne;
    }

    /// <summary>True or false as databases and Python spell them, or as 1 and 0.</summary>
    public static bool TryFlag(string text, out bool? flag)
    {
        flag = text.Trim().ToUpperInvariant() switch
        {
            "TRUE" or "T" or "1" => true,
            "FALSE" or "F" or "0" => false,
            _ => null,
        };
        return flag is not null;
    }

    /// <summary>An instant after ISO 8601, UTC unless it says otherwise, or seconds since 1970.</summary>
    public static bool TryInstant(string text, out DateTimeOffset? instant)
    {
        instant = null;
        if (TryDecimal(text, out var seconds))
            return TryInstant(seconds!.Value, out instant);
        if (
            !DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var found
            )
        )
            return false;
        instant = found;
        return true;
    }

    /// <summary>Seconds since 1970, within the years 1 to 9999.</summary>
    public static bool TryInstant(decimal seconds, out DateTimeOffset? instant)
    {
        const long YearOne = -62_135_596_800;
        const long Year10000 = 253_402_300_800;
        instant = seconds is >= YearOne and < Year10000
            ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : null;
        return instant is not null;
    }
}
