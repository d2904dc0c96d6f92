using UserReports.Server.Api.Failing;

namespace UserReports.Server.Explorer.Reading;

/// <summary>What the world did wrong, in words that say what to do.</summary>
/// <param name="CanRetry">Whether the same may work later.</param>
public sealed record Problem(string Title, string Advice, bool CanRetry = true)
{
    /// <summary>The words for a failure, or null for a bug.</summary>
    public static Problem? Of(Exception failure) =>
        failure is NotAllowedException ? new("You are signed out", failure.Message + " Sign in again.", CanRetry: false)
        : Failure.Of(failure) is { } known ? new(known.Title, known.Advice, known.CanRetry)
        : null;
}
