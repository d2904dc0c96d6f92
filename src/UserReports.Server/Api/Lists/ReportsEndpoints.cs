using Microsoft.AspNetCore.Mvc;
using UserReports.Core.Query;
using UserReports.Server.Api.Following;
using UserReports.Server.Api.History;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Http;
using UserReports.Server.Requests;
using UserReports.Store;

namespace UserReports.Server.Api.Lists;

/// <summary>The reports: the list, one account, figures over a query.</summary>
internal static class ReportsEndpoints
{
    internal const string NoSuchAccount =
        "No account with this user_uid is in the reports. An account made since the last refresh comes with the next.";

    private const string NoSuchAccountThen =
        "No account with this user_uid is in that snapshot: it was made later, or has been taken out since it is gone.";

    internal static readonly QueryParameter[] ListParameters =
    [
        QueryParameter.Q,
        QueryParameter.Ordering,
        QueryParameter.Limit,
        QueryParameter.Start,
        QueryParameter.Offset,
        QueryParameter.Page,
        QueryParameter.PageSize,
        QueryParameter.Cursor,
        QueryParameter.Count,
        QueryParameter.Fields,
        QueryParameter.At,
        QueryParameter.MaxStaleness,
        QueryParameter.Format,
    ];

    internal static readonly QueryParameter[] SummaryParameters =
    [
        QueryParameter.Q,
        QueryParameter.GroupBy,
        QueryParameter.Metrics,
        QueryParameter.Top,
        QueryParameter.At,
        QueryParameter.MaxStaleness,
        QueryParameter.Format,
    ];

    public static void Map(RouteGroupBuilder group)
    {
        group
            .MapGet("/", ListAsync)
            .Takes(ListParameters)
            .Answers("ListReports", "Reports, page by page", OpenApi.AnswerShape.Page, 400, 404);
        group
            .MapPost("/query/", ListAsync)
            .Takes(ListParameters)
            .TakesBody(OpenApi.SchemaNames.ReportsQuestion)
            .Answers("QueryReports", "Reports, page by page, asked for in a body", OpenApi.AnswerShape.Page, 400, 404);
        group
            .MapGet("/{user_uid}/", FindAsync)
            .Names("The account's public identifier.")
            .Takes(QueryParameter.Fields, QueryParameter.At, QueryParameter.MaxStaleness, QueryParameter.Format)
            .Answers(
                "FindAccount",
                "The reports of one account, one per organisation",
                OpenApi.AnswerShape.Reports,
                400,
                404
            );
        group
            .MapGet("/summary/", SummarizeAsync)
            .Takes(SummaryParameters)
            .Answers("SummarizeReports", "Figures over a query, by groups", OpenApi.AnswerShape.Summary, 400, 404);
        group
            .MapPost("/summary/", SummarizeAsync)
            .Takes(SummaryParameters)
            .TakesBody(OpenApi.SchemaNames.SummaryQuestion)
            .Answers(
                "QuerySummary",
                "Figures over a query, by groups, asked for in a body",
                OpenApi.AnswerShape.Summary,
                400,
                404
            );
    }

    private static async Task<IResult> ListAsync(
        HttpContext context,
        Cursors cursors,
        ApiSettings settings,
        FreshRows fresh,
        PastReports past,
        TimeProvider time
    )
    {
        var parameters = context.Request.Query;
        var request = new ReportRequest(parameters["q"].ToString(), parameters["ordering"], parameters["fields"]);
        var q = request.Q!;
        var view = await context.ViewOfQueryAsync(q);
        List<RequestFault> faults = [];
        var paging = Paging.Read(parameters, settings.PageSizeLimit, faults);
        var projection = FieldProjection.Read(request.Fields, faults);
        var count = ReadCount(parameters, faults);
        var staleness = FreshRows.Read(parameters, faults);
        var compiled = request.Compile(view.Conceals);
        faults.AddRange(RequestFaults.Of(compiled.Errors));
        var at = PastReports.Read(parameters, faults);
        if (faults.Count > 0)
            return faults.ToProblem().AsResult();
        var query = compiled.Query!;
        var reader = (await past.OfAsync(context, view, at)).Reader;
        var takenAt = at is null ? null : reader.Snapshot?.CompletedAt;
        paging = paging with { At = takenAt is { } taken ? PastReports.Spell(taken) : null };
        var key = ReadCursor(paging, cursors, q, query, takenAt, faults);
        if (faults.Count > 0)
            return faults.ToProblem().AsResult();
        var reports = reader.For(context);
        var asked = new PageRequest(paging.Limit, paging.Start, key, count);
        var stale = await fresh.OfPageAsync(reports, query, asked, staleness, context.RequestAborted);
        if (SnapshotHeaders.NotModified(context, reader.Snapshot, time, exists: true) is { } notModified)
            return notModified;

        var page = await reports.FindAsync(query, asked, context.RequestAborted);
        SnapshotHeaders.Add(context, page.Snapshot, time);
        FreshRows.Tell(context, stale, page.Documents);
        AuditedRequests.Record(context, page.Documents.Count, StatusCodes.Status200OK);
        var isPastTheEnd = page.Documents.Count == 0 && paging.Start > 0;
        var total = isPastTheEnd ? page.Count ?? await CountAsync(reports, query, context.RequestAborted) : (long?)null;
        var (before, after) = Neighbours(page, key);
        return DocumentsResult.Page(
            page.Count,
            paging.Next(
                context.Request,
                page.Next is not null,
                after,
                place => cursors.Write(place, q, query, takenAt)
            ),
            paging.Previous(context.Request, total, before, place => cursors.Write(place, q, query, takenAt)),
            page.Documents,
            query.Warnings,
            projection
        );
    }

    private static async Task<long?> CountAsync(
        IReportReader reader,
        ReportQuery query,
        CancellationToken cancellationToken
    ) => (await reader.FindAsync(query, new(1, 0, null, Count: true), cancellationToken)).Count;

    /// <summary>
    /// The places around a page. One that has lost its rows since its cursor was made leads back to those that are
    /// left.
    /// </summary>
    private static (PageKey? Before, PageKey? After) Neighbours(ReportPage page, PageKey? key) =>
        page.Documents.Count > 0 || key is null ? (page.Previous, page.Next)
        : key.Backward ? (null, key with { Backward = false })
        : (key with { Backward = true }, null);

    private static async Task<IResult> FindAsync(
        HttpContext context,
        [FromRoute(Name = "user_uid")] string userUid,
        FreshRows fresh,
        PastReports past,
        TimeProvider time
    )
    {
        var view = await context.ViewOfAccountAsync(userUid);
        List<RequestFault> faults = [];
        var before = PastReports.Read(context.Request.Query, faults);
        var staleness = FreshRows.Read(context.Request.Query, faults);
        var projection = FieldProjection.Read(context.Request.Query["fields"], faults);
        if (faults.Count > 0)
            return faults.ToProblem().AsResult();
        var reader = (await past.OfAsync(context, view, before)).Reader;
        var reports = reader.For(context);
        var stale = await fresh.OfAccountAsync(reports, userUid, staleness, context.RequestAborted);
        if (SnapshotHeaders.NotModified(context, reader.Snapshot, time, exists: false) is { } notModified)
            return notModified;

        var snapshot = reader.Snapshot ?? throw new NoSnapshotException();
        var documents = await reports.FindAccountAsync(userUid, context.RequestAborted);
        if (documents.Count == 0)
        {
            return Problems.NotFound.With(before is null ? NoSuchAccount : NoSuchAccountThen).AsResult();
        }

        if (SnapshotHeaders.NotModified(context, snapshot, time, exists: true) is { } anyState)
            return anyState;
        SnapshotHeaders.Add(context, snapshot, time);
        FreshRows.Tell(context, stale, documents);
        AuditedRequests.Record(context, documents.Count, StatusCodes.Status200OK);
        return new DocumentsResult("[", documents, "]", projection);
    }

    private static async Task<IResult> SummarizeAsync(
        HttpContext context,
        FreshRows fresh,
        PastReports past,
        TimeProvider time
    )
    {
        var parameters = context.Request.Query;
        List<RequestFault> faults = [];
        var staleness = FreshRows.Read(parameters, faults);
        var top = SummaryBounds.TopDefault;
        if (parameters.TryGetValue("top", out var text) && !int.TryParse(text, out top))
        {
            faults.Add(
                new(
                    "top",
                    Problems.BadParameter.Code,
                    $"The parameter top must be a whole number from 1 to {SummaryBounds.TopMax}.",
                    text.ToString(),
                    0,
                    []
                )
            );
            top = SummaryBounds.TopDefault;
        }

        var view = await context.ViewOfQueryAsync(parameters["q"]);
        var before = PastReports.Read(parameters, faults);
        var compiled = SummaryCompiler.Compile(
            parameters["q"],
            parameters["group_by"],
            parameters["metrics"],
            top,
            view.Conceals
        );
        faults.AddRange(RequestFaults.Of(compiled.Errors));
        if (faults.Count > 0)
            return faults.ToProblem().AsResult();
        var reader = (await past.OfAsync(context, view, before)).Reader;
        var reports = reader.For(context);
        var stale = await fresh.OfRowsAsync(reports, compiled.Query!.Filter, staleness, context.RequestAborted);
        if (SnapshotHeaders.NotModified(context, reader.Snapshot, time, exists: true) is { } notModified)
            return notModified;

        var summary = await reports.SummarizeAsync(compiled.Query!, context.RequestAborted);
        SnapshotHeaders.Add(context, summary.Snapshot, time);
        FreshRows.Tell(context, stale);
        AuditedRequests.Record(context, summary.Groups.Count, StatusCodes.Status200OK);
        return new SummaryResultJson(compiled.Query!, summary);
    }

    private static PageKey? ReadCursor(
        Paging paging,
        Cursors cursors,
        string q,
        ReportQuery query,
        DateTimeOffset? takenAt,
        List<RequestFault> faults
    )
    {
        if (string.IsNullOrEmpty(paging.Cursor))
            return null;
        var key = cursors.Read(paging.Cursor, q, query, out var fault, takenAt);
        if (fault is not null)
            faults.Add(new("cursor", Problems.BadCursor.Code, fault, paging.Cursor, 0, []));
        return key;
    }

    private static bool ReadCount(IQueryCollection parameters, List<RequestFault> faults)
    {
        if (!parameters.TryGetValue("count", out var text) || bool.TryParse(text, out var count) && count)
            return true;
        if (!bool.TryParse(text, out _))
        {
            faults.Add(
                new(
                    "count",
                    Problems.BadParameter.Code,
                    "The parameter count must be true or false.",
                    text.ToString(),
                    0,
                    ["true", "false"]
                )
            );
        }

        return false;
    }
}
