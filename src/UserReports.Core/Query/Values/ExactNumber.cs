using System.Globalization;
using System.Numerics;

namespace UserReports.Core.Query.Values;

/// <summary>
/// A decimal number of any length, kept as its digits: it compares as it is written, without rounding, however long it
/// is. Exponents beyond 18 digits count as 10^18, with which no number of a report competes.
/// </summary>
public readonly struct ExactNumber : IComparable<ExactNumber>, IEquatable<ExactNumber>
{
    private const long ExponentMax = 1_000_000_000_000_000_000;

    /// <summary>Beyond this many digits before the point only "more than any number of ours" matters.</summary>
    private const int WholeDigitsMax = 40;

    private readonly int sign;
    private readonly string? digits;
    private readonly long exponent;

    /// <param name="digits">Neither begin nor end with a zero; the value is 0.DIGITS × 10^exponent.</param>
    private ExactNumber(int sign, string digits, long exponent) =>
        (this.sign, this.digits, this.exponent) = (sign, digits, exponent);

    /// <summary>True if nothing follows the point.</summary>
    public bool IsWhole => sign == 0 || Digits.Length <= exponent;

    /// <summary>The nearest binary number; infinite beyond their range. Keeps the order of numbers, not always their
    /// difference.</summary>
    public double Nearest => double.Parse(ToString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private string Digits => digits ?? "";

    /// <summary>Reads a number: a sign, digits, a point and an exponent, as in JSON but for leading zeros, a plus and a
    /// point at either end, which may be.</summary>
    /// <returns>False if the text is none.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ExactNumber number)
    {
        number = default;
        var at = 0;
        var negative = text is ['-', ..];
        if (text is ['-' or '+', ..])
            at++;
        var whole = DigitsAt(text, at);
        at += whole.Length;
        ReadOnlySpan<char> fraction = [];
        if (at < text.Length && text[at] == '.')
        {
            fraction = DigitsAt(text, at + 1);
            at += 1 + fraction.Length;
        }

        var power = 0L;
        if (whole.Length + fraction.Length == 0 || at < text.Length && !TryExponent(text[at..], out power))
            return false;
        var all = string.Concat(whole, fraction);
        var significant = all.TrimStart('0');
        var place = whole.Length - (all.Length - significant.Length);
        significant = significant.TrimEnd('0');
        number =
            significant.Length == 0
                ? default
                : new(negative ? -1 : 1, significant, Math.Clamp(place + power, -ExponentMax, ExponentMax));
        return true;
    }

    /// <summary>The number of a text that is known to be one, such as JSON's.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ExactNumber Parse(string text) =>
        TryParse(text, out var number) ? number : throw new FormatException($"\"{text}\" is no number.");

    /// <summary>A whole number.</summary>
    public static implicit operator ExactNumber(long number) => Parse(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A decimal number.</summary>
    public static implicit operator ExactNumber(decimal number) => Parse(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The greatest whole number that is not above; of what has more than 40 digits only that it is as
    /// large.</summary>
    public BigInteger Floor()
    {
        if (sign == 0)
            return 0;
        if (exponent <= 0)
            return sign < 0 ? -1 : 0;
        if (exponent > WholeDigitsMax)
            return sign * BigInteger.Pow(10, WholeDigitsMax);
        var places = (int)exponent;
        var whole = BigInteger.Parse(
            Digits.Length > places ? Digits[..places] : Digits.PadRight(places, '0'),
            CultureInfo.InvariantCulture
        );
        return sign > 0 ? whole
            : IsWhole ? -whole
            : -whole - 1;
    }

    /// <summary>The least whole number that is not below.</summary>
    /// <inheritdoc cref="Floor"/>
    public BigInteger Ceiling() => IsWhole ? Floor() : Floor() + 1;

    /// <inheritdoc/>
    public int CompareTo(ExactNumber other)
    {
        if (sign != other.sign || sign == 0)
            return sign.CompareTo(other.sign);
        var magnitude =
            exponent != other.exponent
                ? exponent.CompareTo(other.exponent)
                : Math.Sign(string.CompareOrdinal(Digits, other.Digits));
        return sign * magnitude;
    }

    /// <inheritdoc/>
    public bool Equals(ExactNumber other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ExactNumber other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(sign, exponent, Digits);

    /// <summary>Equal.</summary>
    public static bool operator ==(ExactNumber a, ExactNumber b) => a.Equals(b);

    /// <summary>Not equal.</summary>
    public static bool operator !=(ExactNumber a, ExactNumber b) => !a.Equals(b);

    /// <summary>Less.</summary>
    public static bool operator <(ExactNumber a, ExactNumber b) => a.CompareTo(b) < 0;

    /// <summary>Greater.</summary>
    public static bool operator >(ExactNumber a, ExactNumber b) => a.CompareTo(b) > 0;

    /// <summary>Less or equal.</summary>
    public static bool operator <=(ExactNumber a, ExactNumber b) => a.CompareTo(b) <= 0;

    /// <summary>Greater or equal.</summary>
    public static bool operator >=(ExactNumber a, ExactNumber b) => a.CompareTo(b) >= 0;

    /// <summary>One text for each number: plain where that is short, else with an exponent.</summary>
    public override string ToString()
    {
        if (sign == 0)
            return "0";
        var text = exponent switch
        {
            > WholeDigitsMax or < -WholeDigitsMax => $"0.{Digits}e{exponent.ToString(CultureInfo.InvariantCulture)}",
            <= 0 => $"0.{new string('0', (int)-exponent)}{Digits}",
            _ when Digits.Length <= exponent => Digits.PadRight((int)exponent, '0'),
            _ => Digits.Insert((int)exponent, "."),
        };
        return sign < 0 ? "-" + text : text;
    }

    /// <summary>
    /// A text of digits and <c>~</c> for each number; texts compare by code point as their numbers do, also where
    /// something follows that comes before the digits.
    /// </summary>
    public string ToOrdinalText()
    {
        if (sign == 0)
            return "1";
        var place = (ExponentMax + (sign * exponent)).ToString("D19", CultureInfo.InvariantCulture);
        return sign > 0
            ? $"2{place}{Digits}"
            : $"0{place}{string.Create(Digits.Length, Digits, (text, from) => Complement(from, text))}~";
    }

    /// <summary>The more a digit is, the less: so of two negative numbers the longer one comes first.</summary>
    private static void Complement(string digits, Span<char> text)
    {
        for (var i = 0; i < text.Length; i++)
            text[i] = (char)('9' - (digits[i] - '0'));
    }

    private static ReadOnlySpan<char> DigitsAt(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return text[at..end];
    }

    private static bool TryExponent(ReadOnlySpan<char> text, out long power)
    {
        power = 0;
        if (text[0] is not ('e' or 'E'))
            return false;
        text = text[1..];
        var negative = text is ['-', ..];
        if (text is ['-' or '+', ..])
            text = text[1..];
        if (text.Length == 0 || text.ContainsAnyExceptInRange('0', '9'))
            return false;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out power) || power > ExponentMax)
            power = ExponentMax;
        power = negative ? -power : power;
        return true;
    }
}
