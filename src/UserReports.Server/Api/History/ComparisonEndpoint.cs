using System.Globalization;
using System.Text;
using System.Text.Json;
using UserReports.Server.Access.Rights;
using UserReports.Server.Api.Exports;
using UserReports.Server.Api.Lists;
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
using UserReports.Store.History;

namespace UserReports.Server.Api.History;

/// <summary>What differs between two moments: page by page, or all of it as a file.</summary>
internal sealed class ComparisonEndpoint(
    IReportStore store,
    NameConcealment concealment,
    Cursors cursors,
    ApiSettings limits,
    ServerSettings settings,
    ExportSlots slots,
    TimeProvider time,
    ILogger<PacedWriter> logger
)
{
    private static readonly string[] Formats = ["json", ExportFormat.NdJson.Name, ExportFormat.Csv.Name];

    public static void Map(RouteGroupBuilder group) =>
        group
            .MapGet("/compare/", (HttpContext context, ComparisonEndpoint endpoint) => endpoint.CompareAsync(context))
            .Takes(
                QueryParameter.Q,
                QueryParameter.From,
                QueryParameter.To,
                QueryParameter.Show,
                QueryParameter.Ordering,
                QueryParameter.Limit,
                QueryParameter.Cursor,
                QueryParameter.ComparedFields,
                QueryParameter.ComparisonFormat
            )
            .Answers(
                "CompareReports",
                "Rows that entered a query, left it or changed between two moments",
                OpenApi.AnswerShape.Comparison,
                400,
                404
            )
            .DisableRequestTimeout();

    private async Task<IResult> CompareAsync(HttpContext context)
    {
        var parameters = context.Request.Query;
        var q = parameters["q"].ToString();
        var view = await context.ViewOfQueryAsync(q);
        List<RequestFault> faults = [];
        var paging = Paging.Read(parameters, limits.PageSizeLimit, faults);
        var format = ReadFormat(parameters, faults);
        var request = new ComparisonRequest(
            new(q, parameters["ordering"], parameters["fields"]),
            parameters["from"],
            parameters["to"],
            parameters["show"]
        );
        if (request.Compile(view.Conceals, faults) is not { } query || faults.Count > 0)
            return faults.ToProblem().AsResult();
        return format == Formats[0]
            ? await PageAsync(context, query, q, paging, view)
            : await ExportAsync(context, query, format, view);
    }

    private async Task<IResult> PageAsync(
        HttpContext context,
        ComparisonQuery query,
        string q,
        Paging paging,
        ReportView view
    )
    {
        var moments = await ComparedMoments.OfAsync(store, query, context.RequestAborted);
        var about = moments.PlaceOf(query, q);
        PageKey? key = null;
        if (!string.IsNullOrEmpty(paging.Cursor))
        {
            key = cursors.Read(paging.Cursor, about, query.Query, out var fault, moments.TakenAt);
            if (fault is not null)
            {
                return ((RequestFault[])[new("cursor", Problems.BadCursor.Code, fault, paging.Cursor, 0, [])])
                    .ToProblem()
                    .AsResult();
            }
        }

        if (SnapshotHeaders.NotModified(context, moments.Both, time, exists: true) is { } notModified)
            return notModified;

        var page = await store.History.CompareAsync(
            query,
            new(paging.Limit, 0, key),
            Caller.ReaderOf(context),
            context.RequestAborted
        );
        SnapshotHeaders.Add(context, ComparedMoments.Of(page.From, page.To), time);
        AuditedRequests.Record(context, page.Rows.Count, StatusCodes.Status200OK);
        var next = page.Next is { } place
            ? Paging.AddressOf(
                context.Request,
                [.. moments.Addresses(query), ("cursor", cursors.Write(place, about, query.Query, moments.TakenAt))]
            )
            : null;
        var rows = Writer(query, view);
        var head =
            $"{{\"from\":{StateOf(page.From, isPresent: false)},\"to\":{StateOf(page.To, isPresent: moments.IsPresent)},"
            + $"\"counts\":{CountsOf(page.Counts)},\"next\":{(next is null ? "null" : $"\"{JsonEncodedText.Encode(next)}\"")},\"results\":[";
        return new DocumentsResult(
            head,
            [.. page.Rows.Select(rows.Write)],
            $"],\"warnings\":{QueryWarnings.Json(query.Query.Warnings)}}}",
            null
        );
    }

    private async Task<IResult> ExportAsync(HttpContext context, ComparisonQuery query, string format, ReportView view)
    {
        using var slot = slots.Take(context, out var refusal);
        if (refusal is not null)
            return refusal;

        await using var export = await store.History.ExportComparisonAsync(
            query,
            Caller.ReaderOf(context),
            context.RequestAborted
        );
        SnapshotHeaders.Add(context, ComparedMoments.Of(export.From, export.To), time);
        var headers = context.Response.Headers;
        headers.ContentType = ExportFormat.Find(format)!.MediaType;
        headers[ExportEndpoint.CountHeader] = export.Count.ToString(CultureInfo.InvariantCulture);
        headers.ContentDisposition =
            $"attachment; filename=\"user-reports-compared-{export.From.CompletedAt.UtcDateTime:yyyyMMdd}-{export.To.CompletedAt.UtcDateTime:yyyyMMdd}.{format}\"";
        ServiceMeter.Export(format);
        QueryWarnings.AddTo(headers, query.Query.Warnings);
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
        var rows = Writer(query, view);
        var csv =
            format == ExportFormat.Csv.Name
                ? new ComparisonCsv(
                    [.. query.Fields.Select(field => field.ToString())],
                    new(settings.Of(SettingsTable.FormulaProtection))
                )
                : null;
        if (csv is not null)
            await output.WriteAsync(Encoding.UTF8.GetBytes(csv.Header), context.RequestAborted);
        await foreach (var chunk in export.Chunks.WithCancellation(context.RequestAborted))
        {
            foreach (var row in chunk)
            {
                var json = rows.Write(row);
                await output.WriteAsync(
                    csv is null ? [.. json.Span, (byte)'\n'] : Encoding.UTF8.GetBytes(csv.Row(json)),
                    context.RequestAborted
                );
            }
        }

        await output.FlushAsync(context.RequestAborted);
        return Results.Empty;
    }

    private ComparedRows Writer(ComparisonQuery query, ReportView view) =>
        new(query.Fields, document => concealment.Shown(view, document));

    private static string StateOf(SnapshotInfo state, bool isPresent) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"taken_at\":\"{PastReports.Spell(state.CompletedAt)}\",\"rows\":{state.Rows},\"is_present\":{(isPresent ? "true" : "false")}}}"
        );

    private static string CountsOf(ComparisonCounts counts) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"entered\":{counts.Entered},\"left\":{counts.Left},\"changed\":{counts.Changed},\"stayed\":{counts.Stayed}}}"
        );

    private static string ReadFormat(IQueryCollection parameters, List<RequestFault> faults)
    {
        var written = parameters["format"].ToString();
        var format = written.Length == 0 ? Formats[0] : written;
        if (!Formats.Contains(format))
        {
            faults.Add(
                new(
                    "format",
                    Problems.BadParameter.Code,
                    $"The format must be one of {string.Join(", ", Formats)}.",
                    written,
                    0,
                    Formats
                )
            );
        }
        else if (format != Formats[0])
        {
            foreach (var name in (string[])["limit", "cursor"])
            {
                if (parameters.TryGetValue(name, out var value))
                    faults.Add(
                        new(
                            name,
                            Problems.BadParameter.Code,
                            $"A file holds all rows; the parameter {name} is for json.",
                            value.ToString(),
                            0,
                            []
                        )
                    );
            }
        }

        return format;
    }
}
