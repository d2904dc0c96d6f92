namespace UserReports.Core.Billing;

/// <summary>Where a limit comes from.</summary>
public enum LimitSource
{
    /// <summary>Nothing sets a limit.</summary>
    Unlimited,

    /// <summary>The operator's file, for the organisation.</summary>
    Organization,

    /// <summary>The operator's file, for the account that owns the organisation.</summary>
    Account,

    /// <summary>The organisation's plan.</summary>
    Plan,

    /// <summary>The organisation's add-on, which gives more than its plan, or than what counts without one.</summary>
    PlanAndAddOn,

    /// <summary>Any other, with what one-time add-ons add to it.</summary>
    OneTime,

    /// <summary>The operator's file, for everybody.</summary>
    Default,

    /// <summary>Stripe's default plan.</summary>
    DefaultPlan,
}

/// <summary>A limit with where it comes from.</summary>
/// <param name="Value">Null for unlimited, 0 for not included.</param>
public readonly record struct EffectiveLimit(long? Value, LimitSource Source);

/// <summary>How a source of limits is called in reports.</summary>
public static class LimitSources
{
    /// <summary>Every name, in the order of precedence.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        NameOf(LimitSource.Organization),
        NameOf(LimitSource.Account),
        NameOf(LimitSource.Plan),
        NameOf(LimitSource.PlanAndAddOn),
        NameOf(LimitSource.OneTime),
        NameOf(LimitSource.Default),
        NameOf(LimitSource.DefaultPlan),
        NameOf(LimitSource.Unlimited),
    ];

    /// <summary>The name of one, such as <c>default_plan</c>.</summary>
    public static string NameOf(LimitSource source) =>
        source switch
        {
            LimitSource.Organization => "organization",
            LimitSource.Account => "account",
            LimitSource.Plan => "plan",
            LimitSource.PlanAndAddOn => "plan_and_addon",
            LimitSource.OneTime => "one_time",
            LimitSource.Default => "default",
            LimitSource.DefaultPlan => "default_plan",
            _ => "unlimited",
        };
}
