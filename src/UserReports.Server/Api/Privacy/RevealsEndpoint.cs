using Microsoft.AspNetCore.Antiforgery;
using UserReports.Core.Query;
using UserReports.Server.Access.Browsers;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Http;
using UserReports.Store;

namespace UserReports.Server.Api.Privacy;

/// <summary>A reveal as its owner sees it.</summary>
/// <param name="UserUid">The account that it is of; null for a query.</param>
/// <param name="Q">The query that it is of, as it was sent; null for an account.</param>
public sealed record RevealEntry(
    string Id,
    string? UserUid,
    string? Q,
    string Reason,
    DateTimeOffset StartedAt,
    DateTimeOffset EndsAt
)
{
    internal static RevealEntry Of(Reveal reveal) =>
        new(reveal.Id, reveal.Target.UserUid, reveal.Target.Q, reveal.Reason, reveal.StartedAt, reveal.EndsAt);
}

/// <summary>Reveals of names that are concealed: begin one, see one's own, end them.</summary>
internal static class RevealsEndpoint
{
    private const string Root = "/api/v2/user-reports/reveals/";

    internal static readonly QueryParameter[] Parameters =
    [
        QueryParameter.Reason,
        QueryParameter.UserUid,
        QueryParameter.Q,
        QueryParameter.Format,
    ];

    public static void Map(RouteGroupBuilder group)
    {
        group
            .MapPost("/reveals/", BeginAsync)
            .Takes(Parameters)
            .TakesBody(Api.OpenApi.SchemaNames.RevealQuestion)
            .Answers(
                "BeginReveal",
                "See the names of an account or of the rows of a query for 15 minutes, with a reason",
                Api.OpenApi.AnswerShape.Reveal,
                400,
                404
            );
        group
            .MapGet("/reveals/", ListAsync)
            .Takes(QueryParameter.Format)
            .Answers("ListReveals", "One's own reveals that have not ended", Api.OpenApi.AnswerShape.Reveals, 400, 404);
        group
            .MapDelete("/reveals/", EndAllAsync)
            .Takes(QueryParameter.Format)
            .Answers("EndReveals", "End all of one's own reveals", Api.OpenApi.AnswerShape.Reveals, 400, 404);
        group
            .MapDelete("/reveals/{id}/", EndAsync)
            .Names("The reveal's id.")
            .Takes(QueryParameter.Format)
            .Answers("EndReveal", "End one of one's own reveals", Api.OpenApi.AnswerShape.Reveals, 400, 404);
    }

    private static async Task<IResult> BeginAsync(
        HttpContext context,
        NameConcealment concealment,
        Reveals reveals,
        IReportReader reader,
        IAntiforgery antiforgery
    )
    {
        if (!await antiforgery.AcceptsChangeAsync(context))
            return Problems.OfAntiforgery().AsResult();
        if (!concealment.IsOn)
        {
            return Problems
                .NotFound.With(
                    "Nothing is concealed here: the setting Access:Conceal is not set. Ask for what you want."
                )
                .AsResult();
        }

        if (!concealment.MayReveal(context.User))
        {
            return Problems
                .NotAllowed.With(
                    "This account may not reveal names: none of its tags is in the setting Access:RevealTags."
                )
                .AsResult();
        }

        List<RequestFault> faults = [];
        var reason = ReasonIn(context.Request.Query, faults);
        var target = TargetIn(context.Request.Query, faults);
        if (faults.Count > 0)
            return faults.ToProblem().AsResult();
        if (target!.UserUid is { } uid && (await reader.FindAccountAsync(uid, context.RequestAborted)).Count == 0)
            return Problems.NotFound.With("No account with this user_uid is in the reports.").AsResult();

        // What cannot be recorded does not happen, so it is recorded before.
        var reveal = reveals.Draw(target, reason);
        context.Begins(reveal);
        AuditedRequests.Record(context, 0, StatusCodes.Status200OK, AuditEvents.Revealed);
        await reveals.BeginAsync(Beholder.Of(context.User), reveal, context.RequestAborted);
        return Results.Json(RevealEntry.Of(reveal), ApiJson.Default.RevealEntry);
    }

    private static async Task<IResult> ListAsync(HttpContext context, Reveals reveals)
    {
        var own = await reveals.OfAsync(Beholder.Of(context.User), context.RequestAborted);
        AuditedRequests.Record(context, own.Count, StatusCodes.Status200OK);
        return Entries(own);
    }

    private static async Task<IResult> EndAllAsync(HttpContext context, Reveals reveals, IAntiforgery antiforgery)
    {
        if (!await antiforgery.AcceptsChangeAsync(context))
            return Problems.OfAntiforgery().AsResult();
        AuditedRequests.Record(context, 0, StatusCodes.Status200OK, AuditEvents.RevealEnded);
        var who = Beholder.Of(context.User);
        await reveals.EndAsync(who, null, context.RequestAborted);
        return Entries(await reveals.OfAsync(who, context.RequestAborted));
    }

    private static async Task<IResult> EndAsync(
        HttpContext context,
        string id,
        Reveals reveals,
        IAntiforgery antiforgery
    )
    {
        if (!await antiforgery.AcceptsChangeAsync(context))
            return Problems.OfAntiforgery().AsResult();
        var who = Beholder.Of(context.User);
        if ((await reveals.OfAsync(who, context.RequestAborted)).All(reveal => reveal.Id != id))
            return Problems.NotFound.With($"You have no reveal of this id. GET {Root} lists them.").AsResult();
        AuditedRequests.Record(context, 0, StatusCodes.Status200OK, AuditEvents.RevealEnded);
        await reveals.EndAsync(who, id, context.RequestAborted);
        return Entries(await reveals.OfAsync(who, context.RequestAborted));
    }

    private static IResult Entries(IReadOnlyList<Reveal> own) =>
        Results.Json([.. own.Select(RevealEntry.Of)], ApiJson.Default.IReadOnlyListRevealEntry);

    private static string ReasonIn(IQueryCollection parameters, List<RequestFault> faults)
    {
        var reason = parameters["reason"].ToString().Trim();
        if (Reveals.FaultOf(reason) is { } fault)
            faults.Add(new("reason", Problems.BadParameter.Code, fault, reason, 0, []));
        return reason;
    }

    private static RevealTarget? TargetIn(IQueryCollection parameters, List<RequestFault> faults)
    {
        var uid = parameters["user_uid"].ToString();
        var hasQuery = parameters.TryGetValue("q", out var q);
        if (uid.Length > 0 == hasQuery)
        {
            const string Fault =
                "A reveal is of one account or of one query: send user_uid, or q (an empty one for everybody).";
            faults.Add(new("user_uid", Problems.BadParameter.Code, Fault, uid, 0, []));
            return null;
        }

        if (!hasQuery)
            return RevealTarget.OfAccount(uid);
        faults.AddRange(RequestFaults.Of(QueryCompiler.Compile(q, null).Errors));
        return RevealTarget.OfQuery(q);
    }
}
