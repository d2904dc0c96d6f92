using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using UserReports.Server.Access.Browsers;
using UserReports.Server.Api.Following;
using UserReports.Server.Api.Lists;
using UserReports.Server.Audit;
using UserReports.Server.Http;
using UserReports.Store;
using UserReports.Workspace.Leading;
using UserReports.Workspace.Nodes;

namespace UserReports.Server.Api.Runs;

/// <summary>Starts refresh runs for whoever asks over HTTP.</summary>
public interface IRefreshStart
{
    /// <summary>Starts a run in the background, or returns the one in progress.</summary>
    Task<Run> StartAsync(CancellationToken cancellationToken);
}

/// <summary>The refresh runs: history, one run, start.</summary>
internal static class RunsEndpoints
{
    private const string Root = "/api/v2/user-reports/runs/";

    public static void Map(RouteGroupBuilder group)
    {
        group
            .MapGet("/runs/", ListAsync)
            .Takes(
                QueryParameter.Limit,
                QueryParameter.Start,
                QueryParameter.Offset,
                QueryParameter.Page,
                QueryParameter.PageSize,
                QueryParameter.Format
            )
            .Answers("ListRuns", "Refresh runs, the newest first", OpenApi.AnswerShape.Runs, 400, 404);
        group
            .MapGet("/runs/{uid}/", FindAsync)
            .Names("The run's identifier.")
            .Takes(QueryParameter.Format)
            .Answers("FindRun", "One refresh run", OpenApi.AnswerShape.Run, 400, 404);
        group
            .MapPost("/runs/", StartAsync)
            .Takes(QueryParameter.Format)
            .Answers("StartRun", "Start a refresh, or get the one in progress", OpenApi.AnswerShape.Run, 400, 404);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context,
        IRunLedger store,
        ApiSettings settings,
        FollowStatus status,
        Leadership leadership,
        KnownNodes known,
        AuditNode self
    )
    {
        List<RequestFault> faults = [];
        var paging = Paging.Read(context.Request.Query, settings.PageSizeLimit, faults);
        if (faults.Count > 0)
            return faults.ToProblem().AsResult();
        var runs = await store.ListAsync(context.RequestAborted);
        RunEntry[] page =
        [
            .. runs.Skip((int)Math.Min(int.MaxValue, paging.Start)).Take(paging.Limit).Select(RunEntry.Of),
        ];
        var nodes = await NodesEntry.OfAsync(leadership, known, self.Id, context.RequestAborted);
        AuditedRequests.Record(context, page.Length, StatusCodes.Status200OK);
        return Results.Json(
            new RunPage(
                runs.Count,
                paging.Next(context.Request, paging.Start + page.Length < runs.Count, null, _ => ""),
                paging.Previous(context.Request, runs.Count, null, _ => ""),
                page,
                FollowEntry.Of(status.Follow),
                SourcesEntry.Of(status.Load),
                nodes?.Leader,
                nodes?.Nodes,
                nodes?.Warnings
            ),
            ApiJson.Default.RunPage
        );
    }

    private static async Task<IResult> FindAsync(HttpContext context, string uid, IRunLedger store)
    {
        if (!Guid.TryParse(uid, out var id) || await store.FindAsync(id, context.RequestAborted) is not { } run)
            return Problems.NotFound.With($"No run has this uid. GET {Root} lists those that are kept.").AsResult();
        AuditedRequests.Record(context, 1, StatusCodes.Status200OK);
        return Results.Json(RunEntry.Of(run), ApiJson.Default.RunEntry);
    }

    private static async Task<IResult> StartAsync(
        HttpContext context,
        [FromServices] IRefreshStart refresh,
        IAntiforgery antiforgery
    )
    {
        if (!await antiforgery.AcceptsChangeAsync(context))
            return Problems.OfAntiforgery().AsResult();

        // What cannot be recorded does not happen, so it is recorded before.
        AuditedRequests.Record(context, 0, StatusCodes.Status202Accepted);
        var run = await refresh.StartAsync(context.RequestAborted);
        context.Response.Headers.Location = $"{context.Request.PathBase.ToUriComponent()}{Root}{run.Uid}/";
        return Results.Json(RunEntry.Of(run), ApiJson.Default.RunEntry, statusCode: StatusCodes.Status202Accepted);
    }
}
