using System.Globalization;

namespace UserReports.Core.LimitsFiles;

/// <summary>Sizes as people write them: <c>5 GB</c> is 5·10⁹ bytes, <c>5 GiB</c> is 5·2³⁰.</summary>
public static class StorageSize
{
    /// <summary>Longer units first, since the shorter ones are their ends.</summary>
    private static readonly (string Unit, decimal Bytes)[] Units =
    [
        ("KiB", 1L << 10),
        ("MiB", 1L << 20),
        ("GiB", 1L << 30),
        ("TiB", 1L << 40),
        ("PiB", 1L << 50),
        ("kB", 1e3m),
        ("KB", 1e3m),
        ("MB", 1e6m),
        ("GB", 1e9m),
        ("TB", 1e12m),
        ("PB", 1e15m),
        ("B", 1),
    ];

    /// <summary>The bytes of a size; null for what is none, is below 0, or is no whole number of 64 bits.</summary>
    public static long? Parse(string text)
    {
        var trimmed = text.AsSpan().Trim();
        foreach (var (unit, factor) in Units)
        {
            if (!trimmed.EndsWith(unit, StringComparison.Ordinal))
                continue;
            return
                decimal.TryParse(
                    trimmed[..^unit.Length].TrimEnd(),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
                && number <= long.MaxValue / factor
                && decimal.IsInteger(number * factor)
                ? (long)(number * factor)
                : null;
        }

        return null;
    }
}
