using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using UserReports.Server.Explorer.Reading;
using UserReports.Server.Http;

namespace UserReports.Server.Explorer.Connections;

/// <summary>
/// Holds an open page's place as long as it is kept, and knows from where it is connected: a page that was loaded in
/// one place can be connected from another.
/// </summary>
internal sealed class CircuitWatch(
    OpenPages pages,
    Reader reader,
    AuthenticationStateProvider authentication,
    IHttpContextAccessor http
) : CircuitHandler
{
    private IDisposable? place;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        // Nobody without an account gets as far as this; if somebody did, they would be shown nothing.
        if (Caller.AccountOf((await authentication.GetAuthenticationStateAsync()).User) is { } account)
            place = pages.Open(account);
    }

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        // The request of the connection itself, which lasts as long as it does.
        reader.ConnectFrom(http.HttpContext?.Connection.RemoteIpAddress?.ToString());
        return Task.CompletedTask;
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        place?.Dispose();
        return Task.CompletedTask;
    }
}
