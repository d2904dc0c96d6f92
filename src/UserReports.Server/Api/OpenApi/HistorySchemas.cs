using Microsoft.OpenApi;

namespace UserReports.Server.Api.OpenApi;

/// <summary>The schemas of what is kept of days.</summary>
internal static class HistorySchemas
{
    /// <summary>Of a day that is kept.</summary>
    public static OpenApiSchema Snapshot() =>
        Schemas.Record(
            "A day that can be asked for with at.",
            ("day", Schemas.Text("date")),
            ("taken_at", Schemas.Text("date-time")),
            ("rows", Schemas.Whole()),
            ("bytes", Schemas.Whole()),
            ("kept_as", Schemas.Array(Schemas.Text())),
            ("damage", Schemas.OrNull(Schemas.Text()))
        );
}
