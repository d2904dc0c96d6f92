using System.Globalization;
using UserReports.Core.Query;
using UserReports.Server.Access.Rights;
using UserReports.Server.Api.History;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Configuration;
using UserReports.Server.Export;
using UserReports.Server.Export.Csv;
using UserReports.Server.Http;
using UserReports.Server.Http.Mounting;
using UserReports.Server.Requests;
using UserReports.Server.Telemetry;
using UserReports.Store;

namespace UserReports.Server.Api.Exports;

/// <summary>All rows of a query as a file.</summary>
internal static class ExportEndpoint
{
    /// <summary>How many rows the file holds.</summary>
    public const string CountHeader = "X-Total-Count";

    internal static readonly QueryParameter[] Parameters =
    [
        QueryParameter.Q,
        QueryParameter.Ordering,
        QueryParameter.Fields,
        QueryParameter.At,
        QueryParameter.ExportFormat,
        QueryParameter.Bom,
    ];

    public static void Map(RouteGroupBuilder group)
    {
        group
            .MapGet("/export/", ExportAsync)
            .Takes(Parameters)
            .Answers("ExportReports", "All rows of a query as a file", Api.OpenApi.AnswerShape.File, 400, 404)
            .DisableRequestTimeout();
        group
            .MapPost("/export/", ExportAsync)
            .Takes(Parameters)
            .TakesBody(Api.OpenApi.SchemaNames.ExportQuestion)
            .Answers(
                "QueryExport",
                "All rows of a query as a file, asked for in a body",
                Api.OpenApi.AnswerShape.File,
                400,
                404
            )
            .DisableRequestTimeout();
    }

    private static async Task<IResult> ExportAsync(
        HttpContext context,
        ExportSlots slots,
        ServerSettings settings,
        PastReports past,
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

        var mark = ReadMark(parameters["bom"].ToString(), format, faults);
        var projection = FieldProjection.Read(parameters["fields"], faults);
        var columns =
            faults.Count == 0 && format != ExportFormat.NdJson
                ? Columns(parameters["fields"], faults)
                : ExportColumns.All;
        var view = await context.ViewOfQueryAsync(parameters["q"]);
        var before = PastReports.Read(parameters, faults);
        var request = new ExportRequest(
            new(parameters["q"], parameters["ordering"], parameters["fields"]),
            format ?? ExportFormat.Csv,
            mark
        );
        var compiled = request.Compile(view.Conceals);
        faults.AddRange(RequestFaults.Of(compiled.Errors));
        if (faults.Count > 0)
            return faults.ToProblem().AsResult();
        (var query, format) = (compiled.Query!, request.Format);

        using var slot = slots.Take(context, out var refusal);
        if (refusal is not null)
            return refusal;

        view = await past.OfAsync(context, view, before);
        await using var export = await view.Reader.For(context).ExportAsync(query, context.RequestAborted);
        if (export.Count > format.RowsMax)
            return Problems.BadParameter.With(ReportExporter.TooManyRows(format, export.Count)).AsResult();
        Describe(context, format, export, time);
        ServiceMeter.Export(format.Name);
        QueryWarnings.AddTo(context.Response.Headers, query.Warnings);
        AuditedRequests.Record(context, export.Count, StatusCodes.Status200OK);
        if (HeadRequests.IsHead(context))
            return Results.Empty;
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
            new(settings.Of(SettingsTable.FormulaProtection), request.ByteOrderMark),
            projection is null ? null : projection.Apply,
            output,
            null,
            context.RequestAborted
        );
        return Results.Empty;
    }

    private static bool ReadMark(string written, ExportFormat? format, List<RequestFault> faults)
    {
        var fault = written switch
        {
            "" or "false" => null,
            "true" => format is null ? null : CsvStyle.WhyNoMark(format),
            _ => "The parameter bom must be true or false.",
        };
        if (fault is not null)
            faults.Add(new("bom", Problems.BadParameter.Code, fault, written, 0, ["false"]));
        return written == "true";
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
