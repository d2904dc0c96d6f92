using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Server.Audit;
using UserReports.Server.Http;
using UserReports.Store;

namespace UserReports.Server.Api.Lists;

/// <summary>A field as the fields route shows it.</summary>
/// <param name="Path">As it is written in queries.</param>
/// <param name="Type">text, boolean, integer, decimal, instant, json, object or list.</param>
/// <param name="Lookups">What may follow the path in a query.</param>
/// <param name="CanOrder">Whether lists can be ordered by it.</param>
/// <param name="Since">The oldest day that is kept with it; null if none is.</param>
/// <param name="Personal">none; identity or detail of what is a pseudonym where names are concealed.</param>
public sealed record FieldEntry(
    string Path,
    string Type,
    bool Nullable,
    bool CanOrder,
    string Personal,
    IReadOnlyList<string> Lookups,
    string Description,
    DateOnly? Since
);

/// <summary>The catalogue of fields.</summary>
internal static class FieldsEndpoint
{
    private static readonly IReadOnlyList<FieldEntry> Entries =
    [
        .. ReportCatalogue.All.Select(field => new FieldEntry(
            field.Path,
            (field.IsSeries ? FieldKind.List : field.Kind).ToString().ToLowerInvariant(),
            field.IsNullable,
            field.IsScalar && field is { IsBelowList: false, IsInSeries: false },
            field.Personal.ToString().ToLowerInvariant(),
            Lookups.NamesOf(field.Kind),
            field.Description,
            null
        )),
    ];

    public static void Map(RouteGroupBuilder group) =>
        group
            .MapGet(
                "/fields/",
                async (HttpContext context, IReportStore store) =>
                {
                    var days = await store.History.ListAsync(context.RequestAborted);
                    IReadOnlyList<FieldEntry> entries =
                    [
                        .. Entries.Select(field =>
                            field with
                            {
                                Since = days.LastOrDefault(day => day.Fields.Contains(field.Path))?.Day,
                            }
                        ),
                    ];
                    AuditedRequests.Record(context, 0, StatusCodes.Status200OK);
                    return Results.Json(entries, ApiJson.Default.IReadOnlyListFieldEntry);
                }
            )
            .Takes(QueryParameter.Format)
            .Answers(
                "ListFields",
                "Every field of the report: path, type, lookups, description",
                OpenApi.AnswerShape.Fields,
                400,
                404
            );
}
