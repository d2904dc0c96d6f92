using UserReports.Sources;
using static UserReports.Server.Configuration.SettingKinds;

namespace UserReports.Server.Configuration;

/// <summary>The settings that say whose limits count.</summary>
public static class LimitSettings
{
    /// <summary>Whether reports are served when Stripe is off.</summary>
    public static readonly Setting<bool?> WithoutStripe = Flag(
        "Reports:WithoutStripe",
        false,
        "Whether reports are served although Stripe was set to be off: without subscriptions, in calendar months."
    );

    /// <summary>Whether the platform uses Stripe.</summary>
    public static readonly Setting<StripeUse?> Stripe = new(
        "Stripe:Enabled",
        "auto",
        "auto, true or false",
        "Whether the platform uses Stripe for plans and limits; auto finds out: it does if Stripe's tables hold a product or a customer.",
        text =>
            text.ToUpperInvariant() switch
            {
                "AUTO" => StripeUse.Auto,
                "TRUE" => StripeUse.On,
                "FALSE" => StripeUse.Off,
                _ => null,
            }
    );

    /// <summary>The operator's own limits.</summary>
    public static readonly Setting<string> File = Text(
        "Limits:File",
        "",
        "a file, or nothing",
        "The operator's own limits (JSON, see limits.md), beside Stripe's or instead of them; read again when it changes."
    );

    /// <summary>All of them, in the order of docs/settings.md.</summary>
    internal static readonly IReadOnlyList<Setting> All = [WithoutStripe, Stripe, File];
}
