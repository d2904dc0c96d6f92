using UserReports.Sources.Connections;

namespace UserReports.Sources.Stripe;

/// <summary>Whether a platform that has Stripe's tables uses Stripe: most have them and never do.</summary>
internal static class StripePresence
{
    /// <summary>True if there is a product or a customer.</summary>
    public static async Task<bool> ReadAsync(SourceSession session, CancellationToken cancellationToken)
    {
        var isUsed = false;
        await session.ReadAsync(
            "select exists (select 1 from djstripe_product) or exists (select 1 from djstripe_customer)",
            row => isUsed = row.Flag(0),
            cancellationToken
        );
        return isUsed;
    }
}
