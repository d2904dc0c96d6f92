using UserReports.Server.Configuration;
using UserReports.Server.Http;
using UserReports.Server.Limits;

namespace UserReports.Server.Api.Exports;

/// <summary>
/// Bounds how many exports run at once, in all and of one account: each holds a snapshot and a part of the machine for
/// as long as its receiver takes.
/// </summary>
internal sealed class ExportSlots(ServerSettings settings) : IDisposable
{
    private const string RetryAfterSeconds = "30";

    private readonly SharedPlaces places = new(
        settings.Of(SettingsTable.ConcurrentExports),
        settings.Of(SettingsTable.ConcurrentExportsPerAccount)
    );

    /// <summary>A slot until it is disposed of, for whoever asks.</summary>
    /// <param name="refusal">What to answer; null if there is a slot.</param>
    public Place Take(HttpContext context, out IResult? refusal)
    {
        var place = Take(Caller.ReaderOf(context), out var whyNot);
        refusal = null;
        if (whyNot is not null)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            refusal = Problems.TooManyExports.With(whyNot).AsResult();
        }

        return place;
    }

    /// <inheritdoc cref="Take(HttpContext, out IResult?)"/>
    /// <param name="whyNot">What to tell the caller; null if there is a slot.</param>
    public Place Take(long account, out string? whyNot)
    {
        var place = places.Take(account);
        whyNot = place.Bound switch
        {
            PlaceBound.None => null,
            PlaceBound.Account =>
                $"{Running(places.AccountMax)} for this account already, as many as one may have at once. "
                    + "Wait for it to end, or end it.",
            _ => $"{Running(places.Max)}, as many as are allowed at once. Try again in a minute.",
        };
        return place;
    }

    public void Dispose() => places.Dispose();

    private static string Running(int count) => count == 1 ? "1 export is running" : $"{count} exports are running";
}
