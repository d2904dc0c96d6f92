using UserReports.Core.Reports;

namespace UserReports.Core.Billing;

/// <summary>What is left of a limit.</summary>
public static class Balances
{
    /// <summary>Below it 64 bits hold every step of the computation, which is many times faster then.</summary>
    private const long SmallMax = long.MaxValue / 400;

    private static readonly Balance Unlimited = new(null, null, 0, false);

    /// <summary>The balance of a usage against a limit.</summary>
    /// <param name="limit">Null for unlimited, 0 if the plan does not include the metric.</param>
    /// <returns>
    /// Null for a limit of 0. A value or percent that 64 bits cannot hold is clamped: one odd limit never fails a
    /// refresh.
    /// </returns>
    public static Balance? Of(long usage, long? limit)
    {
        if (limit is null)
            return Unlimited;
        if (limit == 0)
            return null;

        if (limit is > 0 and < SmallMax && usage is >= 0 and < SmallMax)
            return new(limit, limit - usage, ((200 * usage) + limit.Value) / (2 * limit.Value), usage > limit);

        var left = (Int128)limit.Value - usage;
        // Halves round up, for a negative limit too: floor((200·usage + limit) / (2·limit)).
        var percent = FloorDivide((200 * (Int128)usage) + limit.Value, 2 * (Int128)limit.Value);
        return new(limit, Clamp(left), Clamp(percent), left < 0);
    }

    private static Int128 FloorDivide(Int128 dividend, Int128 divisor)
    {
        var (quotient, remainder) = Int128.DivRem(dividend, divisor);
        return remainder != 0 && Int128.IsNegative(remainder) != Int128.IsNegative(divisor) ? quotient - 1 : quotient;
    }

    private static long Clamp(Int128 value) => (long)Int128.Clamp(value, long.MinValue, long.MaxValue);
}
