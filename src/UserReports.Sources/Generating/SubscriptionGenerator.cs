using System.Globalization;

namespace UserReports.Sources.Generating;

/// <summary>
/// Gives a few percent of the organisations subscriptions: active, past due, canceled, with add-ons and without.
/// </summary>
internal sealed class SubscriptionGenerator(DateTimeOffset now, GeneratedRows rows)
{
    private static readonly string[] ActiveStatuses = ["active", "active", "active", "past_due", "trialing", "unpaid"];

    public void Generate(Random random, int accountId, string organization, bool isTeam)
    {
        if (random.Next(100) >= (isTeam ? 60 : 8))
            return;
        var customer = $"cus_{accountId.ToString(CultureInfo.InvariantCulture)}";
        rows.Add("djstripe_customer", customer, organization);
        var canceled = random.Next(8) < 3;
        Subscribe(
            random,
            accountId,
            0,
            customer,
            canceled,
            isTeam
                ? StripeCatalogue.TeamYearly
                : random.Next(5) switch
                {
                    0 => StripeCatalogue.ProYearly,
                    1 => StripeCatalogue.SmallMonthly,
                    _ => StripeCatalogue.ProMonthly,
                }
        );
        if (random.Next(5) == 0)
            Subscribe(random, accountId, 1, customer, canceled: false, StripeCatalogue.StorageMonthly);
        if (random.Next(20) == 0)
        {
            var charge = $"ch_{accountId.ToString(CultureInfo.InvariantCulture)}";
            rows.Add("djstripe_charge", charge, random.Next(9) == 0);
            rows.Add(
                "stripe_planaddon",
                $"pa_{accountId.ToString(CultureInfo.InvariantCulture)}",
                organization,
                """{"asr_seconds_limit": 10000, "mt_characters_limit": 100000}""",
                charge
            );
        }
    }

    private void Subscribe(Random random, int accountId, int index, string customer, bool canceled, long price)
    {
        var platformId = (accountId * 2L) + index;
        var id = $"sub_{platformId.ToString(CultureInfo.InvariantCulture)}";
        var began = now.UtcDateTime.Date.AddDays(-30 - random.Next(500)).AddSeconds(random.Next(86_400));
        var months = ((now.Year - began.Year) * 12) + now.Month - began.Month;
        var start = began.AddMonths(months) <= now.UtcDateTime ? began.AddMonths(months) : began.AddMonths(months - 1);
        DateTime? ended = canceled ? now.UtcDateTime.AddSeconds(-random.NextInt64(250 * 86_400L)) : null;
        if (ended < began)
            ended = began;
        rows.Add(
            "djstripe_subscription",
            platformId,
            id,
            customer,
            canceled ? "canceled" : ActiveStatuses[random.Next(ActiveStatuses.Length)],
            platformId % 40 == 0 ? platformId / 40 : null,
            began,
            start,
            true,
            began,
            $$"""{"organization_id": "{{customer}}"}""",
            null,
            null,
            random.Next(13) == 0 ? null : began,
            null,
            null,
            false,
            ended,
            "charge_automatically",
            start,
            start.AddMonths(1),
            null,
            null,
            ended,
            null,
            null,
            null,
            null,
            "create_prorations",
            null,
            1,
            began,
            null,
            null,
            "acct_generated",
            null,
            null,
            null,
            null,
            price
        );
        rows.Add("djstripe_subscriptionitem", $"si_{platformId.ToString(CultureInfo.InvariantCulture)}", id, price, 1);
        if (random.Next(10) == 0)
            rows.Add("djstripe_djstripesubscriptiondefaulttaxrate", platformId, 1L);
    }
}
