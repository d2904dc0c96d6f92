using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using UserReports.Server.Access.Browsers;
using UserReports.Server.Access.Sessions;
using UserReports.Server.Audit;
using UserReports.Server.Http;
using UserReports.Workspace.Sessions;

namespace UserReports.Server.Api.Privacy;

/// <summary>A session as its owner sees it.</summary>
/// <param name="IsThisOne">True for the session that asks; never for a token or a password.</param>
public sealed record SessionEntry(
    string Id,
    DateTimeOffset StartedAt,
    string? StartedFrom,
    string? Browser,
    DateTimeOffset LastUsedAt,
    string? LastUsedFrom,
    DateTimeOffset EndsAt,
    bool IsThisOne
)
{
    internal static async Task<IReadOnlyList<SessionEntry>> OfAsync(
        SessionStore sessions,
        ClaimsPrincipal user,
        CancellationToken cancellationToken
    )
    {
        var own = SessionWatch.IdOf(user);
        return
        [
            .. (await sessions.OfAsync(Caller.AccountOf(user)!.Value, cancellationToken)).Select(
                session => new SessionEntry(
                    session.Id,
                    session.StartedAt,
                    session.StartedFrom,
                    session.Browser,
                    session.LastUsedAt,
                    session.LastUsedFrom,
                    session.End,
                    session.Id == own
                )
            ),
        ];
    }
}

/// <summary>One's own sessions of the explorer: see them, end one, end all.</summary>
internal static class SessionsEndpoint
{
    public static void Map(RouteGroupBuilder group)
    {
        group
            .MapGet("/sessions/", ListAsync)
            .Takes(QueryParameter.Format)
            .Answers("ListSessions", "One's own sessions of the explorer", OpenApi.AnswerShape.Sessions, 400, 404);
        group
            .MapDelete("/sessions/", EndAllAsync)
            .Takes(QueryParameter.Format)
            .Answers("EndSessions", "End all of one's own sessions", OpenApi.AnswerShape.Sessions, 400, 404);
        group
            .MapDelete("/sessions/{id}/", EndAsync)
            .Names("The session's id.")
            .Takes(QueryParameter.Format)
            .Answers("EndSession", "End one of one's own sessions", OpenApi.AnswerShape.Sessions, 400, 404);
    }

    private static async Task<IResult> ListAsync(HttpContext context, SessionStore sessions)
    {
        var entries = await SessionEntry.OfAsync(sessions, context.User, context.RequestAborted);
        AuditedRequests.Record(context, entries.Count, StatusCodes.Status200OK);
        return Results.Json(entries, ApiJson.Default.IReadOnlyListSessionEntry);
    }

    private static async Task<IResult> EndAllAsync(HttpContext context, SessionStore sessions, IAntiforgery antiforgery)
    {
        if (!await antiforgery.AcceptsChangeAsync(context))
            return Problems.OfAntiforgery().AsResult();
        AuditedRequests.Record(context, 0, StatusCodes.Status200OK, AuditEvents.SessionsEnded);
        await sessions.EndAllAsync(Caller.AccountOf(context.User)!.Value, null, context.RequestAborted);
        return await LeftAsync(context, sessions);
    }

    private static async Task<IResult> EndAsync(
        HttpContext context,
        string id,
        SessionStore sessions,
        IAntiforgery antiforgery
    )
    {
        if (!await antiforgery.AcceptsChangeAsync(context))
            return Problems.OfAntiforgery().AsResult();
        var account = Caller.AccountOf(context.User)!.Value;
        if ((await sessions.OfAsync(account, context.RequestAborted)).All(session => session.Id != id))
        {
            return Problems
                .NotFound.With("You have no open session of this id. GET /api/v2/user-reports/sessions/ lists them.")
                .AsResult();
        }

        // The id stands in the record's path.
        AuditedRequests.Record(context, 0, StatusCodes.Status200OK, AuditEvents.SessionsEnded);
        await sessions.EndAsync(account, id, context.RequestAborted);
        return await LeftAsync(context, sessions);
    }

    private static async Task<IResult> LeftAsync(HttpContext context, SessionStore sessions) =>
        Results.Json(
            await SessionEntry.OfAsync(sessions, context.User, context.RequestAborted),
            ApiJson.Default.IReadOnlyListSessionEntry
        );
}
