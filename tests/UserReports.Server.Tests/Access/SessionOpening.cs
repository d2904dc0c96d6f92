using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Http;
using UserReports.Workspace.Sessions;

namespace UserReports.Server.Tests.Access;

/// <summary>Opens the session of somebody who signed in without a browser.</summary>
internal static class SessionOpening
{
    public static async Task<ClaimsPrincipal> OpenAsync(this RunningServer server, ClaimsPrincipal principal)
    {
        var (id, end) = SessionTicket.SessionOf(principal)!.Value;
        var now = server.Time.GetUtcNow();
        await server
            .Services.GetRequiredService<SessionStore>()
            .BeginAsync(new(id, Caller.AccountOf(principal)!.Value, now, null, null, now, null, end), null, default);
        return principal;
    }
}
