using UserReports.Server.Configuration;
using UserReports.Server.Http;
using UserReports.Server.Limits;

namespace UserReports.Server.Access;

/// <summary>
/// Bounds what one account has in flight, connections of open pages among it: each is a request for as long as it
/// lasts.
/// </summary>
internal sealed class RequestBounds(ServerSettings settings) : IDisposable
{
    private readonly SharedPlaces places = new(int.MaxValue, settings.Of(SettingsTable.RequestsPerAccount));

    /// <summary>Answers the request with <paramref name="next"/>, or with a refusal.</summary>
    public async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (Caller.AccountOf(context.User) is not { } account)
        {
            await next(context);
            return;
        }

        using var place = places.Take(account);
        if (place.Bound == PlaceBound.None)
        {
            await next(context);
            return;
        }

        context.Response.Headers.RetryAfter = "1";
        await Problems.WriteAsync(
            context,
            Problems.TooManyRequests.With(
                $"{places.AccountMax} requests of this account are being answered, as many as it may have at once. Ask again when one is done."
            )
        );
    }

    public void Dispose() => places.Dispose();
}
