using System.Globalization;
using UserReports.Server.Api.Lists;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Http;

namespace UserReports.Server.Api.Privacy;

/// <summary>Who read what.</summary>
internal static class AuditEndpoint
{
    /// <summary>The header that names nodes whose records are missing, between commas.</summary>
    private const string MissingNodes = "X-Missing-Nodes";

    public static void Map(RouteGroupBuilder group) =>
        group
            .MapGet("/audit/", SearchAsync)
            .Takes(
                QueryParameter.Since,
                QueryParameter.Until,
                QueryParameter.User,
                QueryParameter.Text,
                QueryParameter.Limit,
                QueryParameter.Format
            )
            .Answers("ListAudit", "Who read what, the newest first", OpenApi.AnswerShape.Audit, 400, 404);

    private static async Task<IResult> SearchAsync(
        HttpContext context,
        NodeAudits audits,
        ApiSettings settings,
        NameConcealment concealment
    )
    {
        var parameters = context.Request.Query;
        List<RequestFault> faults = [];
        var limit = Paging.Read(parameters, settings.PageSizeLimit, faults).Limit;
        var since = ReadInstant(parameters, "since", faults);
        var until = ReadInstant(parameters, "until", faults);
        if (faults.Count > 0)
            return faults.ToProblem().AsResult();
        var records = await audits.SearchAsync(
            new(since, until, NullIfEmpty(parameters["user"]), NullIfEmpty(parameters["text"]), limit)
            {
                Shown = concealment.ShownTo(context.User),
            },
            Caller.AccountOf(context.User) ?? 0,
            context.RequestAborted
        );
        if (concealment.IsOn)
            context.Response.Headers[ReportView.Header] = ReportView.Names;
        if (records.Where(record => record.Event == AuditEvents.NodeMissing).ToList() is { Count: > 0 } missing)
            context.Response.Headers[MissingNodes] = Uri.EscapeDataString(
                string.Join(',', missing.Select(r => r.Node))
            );
        AuditedRequests.Record(context, records.Count, StatusCodes.Status200OK);
        return Results.Json(records, ApiJson.Default.IReadOnlyListAuditRecord);
    }

    private static DateTimeOffset? ReadInstant(IQueryCollection parameters, string name, List<RequestFault> faults)
    {
        if (!parameters.TryGetValue(name, out var text) || text.ToString().Length == 0)
            return null;
        if (
            DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var instant
            )
        )
            return instant;
        faults.Add(
            new(
                name,
                Problems.BadParameter.Code,
                $"The parameter {name} must be a day or an instant, as in 2026-11-01T08:00:00Z.",
                text.ToString(),
                0,
                []
            )
        );
        return null;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
