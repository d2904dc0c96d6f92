namespace UserReports.Server.Configuration;

/// <summary>How long rights are believed, how long a sign-in lasts and how often one may fail.</summary>
/// <param name="CacheFor">At most 30 seconds.</param>
/// <param name="AnonymousUserId">The platform's account for nobody, which never signs in.</param>
/// <param name="IsBehindProxy">Whether proxies are configured.</param>
public sealed record AccessSettings(
    TimeSpan CacheFor,
    TimeSpan SessionLength,
    int FailuresPerAddress,
    int FailuresPerAccount,
    TimeSpan FailureWindow,
    long AnonymousUserId,
    bool IsBehindProxy
)
{
    internal static AccessSettings Of(ServerSettings settings) =>
        new(
            settings.Of(SettingsTable.RightsCache),
            settings.Of(SettingsTable.SessionLength),
            settings.Of(SettingsTable.FailuresPerAddress),
            settings.Of(SettingsTable.FailuresPerAccount),
            settings.Of(SettingsTable.FailureWindow),
            settings.Of(SettingsTable.AnonymousUserId),
            settings.Of(SettingsTable.Proxies).Count > 0
        );
}
