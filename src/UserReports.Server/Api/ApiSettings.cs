using UserReports.Server.Configuration;
using UserReports.Server.Configuration.History;
using UserReports.Store.History;

namespace UserReports.Server.Api;

/// <summary>What the API needs to know of the settings.</summary>
/// <param name="PageSizeLimit">Rows of a page at the most.</param>
/// <param name="HasReports">False where Stripe is off and reports are not to be served without it.</param>
public sealed record ApiSettings(int PageSizeLimit, bool HasReports)
{
    /// <summary>Which days are kept.</summary>
    public HistoryKeep Keep { get; init; } = HistoryKeep.Usual;

    internal static ApiSettings Of(ServerSettings settings) =>
        new(
            settings.Of(SettingsTable.PageSizeLimit),
            settings.Of(LimitSettings.Stripe) != Sources.StripeUse.Off || settings.Of(LimitSettings.WithoutStripe)
        )
        {
            Keep = settings.Of(HistorySettings.Keep),
        };
}
