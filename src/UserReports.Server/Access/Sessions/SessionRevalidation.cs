using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using UserReports.Server.Access.Rights;
using UserReports.Server.Configuration;
using UserReports.Sources;

namespace UserReports.Server.Access.Sessions;

/// <summary>
/// Asks again and again whether the reader of an open page may still read, and signs the page out if not.
/// </summary>
/// <remarks>
/// Interval and age of an answer together stay below the 30 seconds within which a lost right must take effect, and
/// about the time for which a right is believed where that is set shorter.
/// </remarks>
public sealed class SessionRevalidation(ILoggerFactory loggers, LiveRights rights, AccessSettings settings)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    internal static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan IntervalMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override TimeSpan RevalidationInterval =>
        TimeSpan.FromTicks(Math.Clamp(settings.CacheFor.Ticks / 2, IntervalMin.Ticks, IntervalMax.Ticks));

    /// <inheritdoc/>
    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await rights.MayStillReadAsync(authenticationState.User, AgeMax, cancellationToken);
        }
        catch (SourceException)
        {
            // Whether the right still holds cannot be known, so it does not.
            return false;
        }
    }
}
