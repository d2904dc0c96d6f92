using System.Globalization;
using UserReports.Core.Billing;
using UserReports.Core.Reports;

namespace UserReports.Core.Tests.Billing;

/// <summary>Makes subscriptions and organisations in the words of the rules.</summary>
internal static class Given
{
    public static DateTimeOffset Utc(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static Product Product(string metadata, string id = "prod") =>
        new(id, "Name", null, "service", JsonText.Trusted(metadata));

    public static Product Plan(string limits = "", string id = "prod") =>
        Product($$"""{"product_type":"plan"{{(limits == "" ? "" : "," + limits)}}}""", id);

    public static Price Price(Product? product, string metadata = "{}", string id = "price") =>
        new(id, null, "usd", "recurring", null, 100, JsonText.Trusted(metadata), true, product, null);

    public static Subscription Subscription(
        Price? price,
        string status = "active",
        string? start = "2026-01-01",
        string id = "sub",
        string? anchor = "2026-01-01",
        string periodStart = "2026-11-05",
        string periodEnd = "2026-12-05",
        string? ended = null,
        string? canceled = null
    ) =>
        new()
        {
            Id = id,
            CustomerId = "cus",
            Status = status,
            StartDate = start is null ? null : Utc(start),
            BillingCycleAnchor = anchor is null ? null : Utc(anchor),
            CurrentPeriodStart = Utc(periodStart),
            CurrentPeriodEnd = Utc(periodEnd),
            EndedAt = ended is null ? null : Utc(ended),
            CanceledAt = canceled is null ? null : Utc(canceled),
            Items = price is null ? [] : [new("si_" + id, price, 1)],
        };

    public static Organization Organization(params IReadOnlyList<Subscription> subscriptions) =>
        new("org", "Org", "", 1, subscriptions, []);
}
