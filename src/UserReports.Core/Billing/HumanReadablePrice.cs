namespace UserReports.Core.Billing;

/// <summary>A price as people write it.</summary>
public static class HumanReadablePrice
{
    /// <summary>For example <c>$89.00 USD/month</c>; null for a price without an amount.</summary>
    public static string? Of(Price price) => price.UnitAmount is null ? null : throw new NotImplementedException();
}
