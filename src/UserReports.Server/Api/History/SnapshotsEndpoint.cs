using UserReports.Server.Audit;
using UserReports.Server.Http;
using UserReports.Store;
using UserReports.Store.History;

namespace UserReports.Server.Api.History;

/// <summary>A day that is kept, as the route shows it.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="TakenAt">When the run completed whose rows these are.</param>
/// <param name="Bytes">What it takes on the disk.</param>
/// <param name="KeptAs">Of daily, weekly and monthly, why it is kept; empty where it goes next.</param>
/// <param name="Damage">What is wrong with it, so that it does not answer; null for nothing.</param>
public sealed record SnapshotEntry(
    DateOnly Day,
    DateTimeOffset TakenAt,
    long Rows,
    long Bytes,
    IReadOnlyList<string> KeptAs,
    string? Damage
);

/// <summary>The days that can be asked for with <c>at</c>.</summary>
internal static class SnapshotsEndpoint
{
    private static readonly (KeptAs Place, string Name)[] Places =
    [
        (KeptAs.Daily, "daily"),
        (KeptAs.Weekly, "weekly"),
        (KeptAs.Monthly, "monthly"),
    ];

    public static void Map(RouteGroupBuilder group) =>
        group
            .MapGet("/snapshots/", ListAsync)
            .Takes(QueryParameter.Format)
            .Answers(
                "ListSnapshots",
                "The days that are kept, the newest first",
                OpenApi.AnswerShape.Snapshots,
                400,
                404
            );

    private static async Task<IResult> ListAsync(HttpContext context, IReportStore store, ApiSettings settings)
    {
        var all = await store.History.ListAsync(context.RequestAborted);
        var kept = settings.Keep.Choose(all.Where(day => day.Damage is null).Select(day => day.Day));
        IReadOnlyList<SnapshotEntry> entries =
        [
            .. all.Select(day => new SnapshotEntry(
                day.Day,
                day.TakenAt,
                day.Rows,
                day.Bytes,
                day.Damage is null ? NamesOf(kept.GetValueOrDefault(day.Day)) : [],
                day.Damage
            )),
        ];
        AuditedRequests.Record(context, 0, StatusCodes.Status200OK);
        return Results.Json(entries, ApiJson.Default.IReadOnlyListSnapshotEntry);
    }

    private static IReadOnlyList<string> NamesOf(KeptAs kept) =>
        [.. Places.Where(place => kept.HasFlag(place.Place)).Select(place => place.Name)];
}
