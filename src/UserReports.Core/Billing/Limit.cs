namespace UserReports.Core.Billing;

/// <summary>
/// A limit that is known; null inside it means unlimited, which null around it (nothing is said) must not be taken for.
/// </summary>
/// <param name="Value">At least 0; 0 for not included, null for unlimited.</param>
public readonly record struct Limit(long? Value)
{
    /// <summary>No bound.</summary>
    public static readonly Limit Unlimited = new(null);

    /// <summary>Both together; more than 64 bits hold is the most that they do.</summary>
    public Limit Plus(Limit more) =>
        Value is null || more.Value is null
            ? Unlimited
            : new(Value > long.MaxValue - more.Value ? long.MaxValue : Value + more.Value);

    /// <summary>True if it leaves more than another one.</summary>
    public bool IsLargerThan(Limit other) => other.Value is { } bound && (Value is null || Value > bound);
}
