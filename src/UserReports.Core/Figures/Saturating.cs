namespace UserReports.Core.Figures;

/// <summary>
/// Arithmetic for figures that are shown: what 64 bits cannot hold becomes the nearest that they can.
/// </summary>
/// <remarks>One account with an absurd number must not take the figures away from everybody.</remarks>
public static class Saturating
{
    /// <summary>The sum, at the ends of what 64 bits hold if it lies beyond them.</summary>
    /// <param name="numbers">Sums themselves, perhaps, which were not cut: parts that were would not add up.</param>
    public static long Sum(IEnumerable<Int128> numbers) =>
        Of(numbers.Aggregate(Int128.Zero, (sum, number) => sum + number));

    /// <summary>The difference, likewise.</summary>
    public static long Subtract(long number, long other) => Of((Int128)number - other);

    /// <summary>The nearest that 64 bits hold.</summary>
    public static long Of(Int128 number) => (long)Int128.Clamp(number, long.MinValue, long.MaxValue);
}
