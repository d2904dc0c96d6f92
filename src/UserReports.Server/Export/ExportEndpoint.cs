using System.Globalization;
using UserReports.Core.Query;
using UserReports.Server.Access;
using UserReports.Server.Api;
using UserReports.Server.Audit;
using UserReports.Server.Configuration;
using UserReports.Store;

namespace UserReports.Server.Export;

/// <summary>All rows of a query as a file.</summary>
internal static class ExportEndpoint
{
    /// <summary>How many rows the file holds.</summary>
    public const string CountHeader = "X-Total-Count";

    public static void Map(RouteGroupBuilder group) =>
        group
            .MapGet("/export/", ExportAsync)
            .Takes(QueryParameter.Q, QueryParameter.Ordering, QueryParameter.Fields, QueryParameter.ExportFormat)
            .Answers("ExportReports", "All rows of a query as a file", Api.OpenApi.AnswerShape.File, 400, 404)
            .DisableRequestTimeout();

    private static async Task<IResult> ExportAsync(
        HttpContext context,
        IReportReader reader,
        ExportSlots slots,
        ServerSettings settings,
        TimeProvider time,
        ILogger<PacedWriter> logger
    )
    {
        var parameters = context.Request.Query;
        List<RequestFault> faults = [];
        var written = parameters["format"].ToString();
        var format = ExportFormat.Find(written.Length == 0 ? ExportFormat.Csv.Name : written);
        if (format is null)
        {
            faults.Add(
                new(
                    "format",
                    Problems.BadParameter.Code,
                    $"The format must be one of {ExportFormat.Names}.",
                    written,
                    0,
                    [.. ExportFormat.All.Select(f => f.Name)]
                )
            );
        }

        var projection = FieldProjection.Read(parameters["fields"], faults);
        var columns =
            faults.Count == 0 && format != ExportFormat.NdJson
                ? Columns(parameters["fields"], faults)
                : ExportColumns.All;
        var query = Compile(parameters["q"], parameters["ordering"], faults);
        if (faults.Count > 0)
            return faults.ToProblem().AsResult();

        // Nobody without an account comes as far as this.
        using var slot = slots.Take(SessionTicket.AccountOf(context.User)!.Value, out var whyNot);
        if (whyNot is not null)
        {
            context.Response.Headers.RetryAfter = "30";
            return Problems.TooManyExports.With(whyNot).AsResult();
        }

        await using var export = await reader.ExportAsync(query!, context.RequestAborted);
        if (export.Count > format!.RowsMax)
            return Problems.BadParameter.With(ReportExporter.TooManyRows(format, export.Count)).AsResult();
        Describe(context, format, export, time);
        AuditedRequests.Record(context, export.Count, StatusCodes.Status200OK);
        await using var watch = RightWatch.Begin(context);
        await using var output = PacedWriter.Begin(
            context,
            settings.Of(SettingsTable.ExportBytesPerSecondMin),
            time,
            logger
        );
        await ReportExporter.WriteAsync(
            export,
            format,
            columns,
            settings.Of(SettingsTable.FormulaProtection),
            projection is null ? null : projection.Apply,
            output,
            null,
            context.RequestAborted
        );
        return Results.Empty;
    }

    private static ExportColumns Columns(string? fields, List<RequestFault> faults)
    {
        try
        {
            return ExportColumns.Of(fields);
        }
        catch (ExportRefusedException e)
        {
            faults.Add(new("fields", QueryErrorCode.UnknownField, e.Message, fields ?? "", 0, []));
            return ExportColumns.All;
        }
    }

    /// <summary>
    /// Without an ordering, rows come as they are kept, by account: that reads the store from front to back.
    /// </summary>
    private static ReportQuery? Compile(string? q, string? ordering, List<RequestFault> faults)
    {
        var filter = QueryCompiler.Compile(q, null);
        var order = QueryCompiler.Compile(null, ordering);
        faults.AddRange(RequestFaults.Of("q", filter.Errors));
        faults.AddRange(RequestFaults.Of("ordering", order.Errors));
        return filter.Query is null || order.Query is null
            ? null
            : new(filter.Query.Filter, string.IsNullOrWhiteSpace(ordering) ? [] : order.Query.Ordering);
    }

    private static void Describe(HttpContext context, ExportFormat format, ReportExport export, TimeProvider time)
    {
        SnapshotHeaders.Add(context, export.Snapshot, time);
        var headers = context.Response.Headers;
        headers.ContentType = format.MediaType;
        headers[CountHeader] = export.Count.ToString(CultureInfo.InvariantCulture);
        headers.ContentDisposition =
            $"attachment; filename=\"user-reports-{export.Snapshot.CompletedAt.UtcDateTime:yyyyMMdd-HHmmss}.{format.Name}\"";
    }
}
