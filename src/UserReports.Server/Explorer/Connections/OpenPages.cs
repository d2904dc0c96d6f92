using Microsoft.AspNetCore.Components.Endpoints;
using UserReports.Server.Configuration;
using UserReports.Server.Http;
using UserReports.Server.Limits;

namespace UserReports.Server.Explorer.Connections;

/// <summary>
/// Bounds how many pages of the explorer are open, in all and of one account: each holds memory and a connection, and
/// is kept for some minutes after its connection is lost.
/// </summary>
internal sealed class OpenPages(ServerSettings settings) : IDisposable
{
    private readonly SharedPlaces places = new(
        settings.Of(SettingsTable.OpenPages),
        settings.Of(SettingsTable.OpenPagesPerAccount)
    );

    /// <summary>A place for one page, until it is disposed of.</summary>
    /// <exception cref="TooManyPagesException">There is none.</exception>
    public IDisposable Open(long account)
    {
        var place = places.Take(account);
        return WhyNot(place) is { } why ? throw new TooManyPagesException(why) : place;
    }

    /// <summary>Refuses a page for which there is no place, in words, before it is opened.</summary>
    public async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var isPage = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;
        if (isPage && !context.Request.Host.HasValue)
        {
            // A page knows its own address; everything else does without.
            await Problems.WriteAsync(context, Problems.UnknownHost.With("A page is asked for with a host name."));
            return;
        }

        if (isPage && Caller.AccountOf(context.User) is { } account)
        {
            // Only to see that there is one: it is taken when the page connects.
            using var place = places.Take(account);
            if (WhyNot(place) is { } why)
            {
                context.Response.Headers.RetryAfter = "60";
                await Problems.WriteAsync(context, Problems.TooManyPages.With(why));
                return;
            }
        }

        await next(context);
    }

    public void Dispose() => places.Dispose();

    private string? WhyNot(Place place) =>
        place.Bound switch
        {
            PlaceBound.None => null,
            PlaceBound.Account =>
                $"{places.AccountMax} pages of the explorer are open for this account, as many as one may have. "
                    + "Close some and load this one again; a page that lost its connection counts for some minutes.",
            _ =>
                $"{places.Max} pages of the explorer are open, as many as the service keeps. Try again in some minutes.",
        };
}

/// <summary>A page of the explorer was opened for which there is no place.</summary>
public sealed class TooManyPagesException(string message) : Exception(message);
