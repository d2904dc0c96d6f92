using Microsoft.OpenApi;

namespace UserReports.Server.Api.OpenApi;

/// <summary>The schemas of what is kept of days.</summary>
internal static class HistorySchemas
{
    /// <summary>Adds them to the document's.</summary>
    /// <param name="refer">A reference to a schema by its name.</param>
    public static void AddTo(Dictionary<string, IOpenApiSchema> named, Func<string, OpenApiSchemaReference> refer)
    {
        named.Add(SchemaNames.Snapshot, Snapshot());
        foreach (var (name, schema) in Comparison(refer).Concat(AccountHistory(refer)))
            named.Add(name, schema);
    }

    /// <summary>Of a day that is kept.</summary>
    private static OpenApiSchema Snapshot() =>
        Schemas.Record(
            "A day that can be asked for with at.",
            ("day", Schemas.Text("date")),
            ("taken_at", Schemas.Text("date-time")),
            ("rows", Schemas.Whole()),
            ("bytes", Schemas.Whole()),
            ("kept_as", Schemas.Array(Schemas.Text())),
            ("damage", Schemas.OrNull(Schemas.Text()))
        );

    /// <summary>Of one account's numbers by day.</summary>
    /// <param name="refer">A reference to a schema by its name.</param>
    private static IEnumerable<(string Name, OpenApiSchema Schema)> AccountHistory(
        Func<string, OpenApiSchemaReference> refer
    )
    {
        yield return (
            SchemaNames.AccountHistory,
            Schemas.Record(
                "One account's numbers by day: lists of as many places as there are days.",
                ("username", Schemas.Text()),
                ("user_uid", Schemas.OrNull(Schemas.Text())),
                ("organization", refer(SchemaNames.ComparedOrganization)),
                ("days", Schemas.Array(Schemas.Text("date"))),
                ("taken_at", Schemas.Array(Schemas.OrNull(Schemas.Text("date-time")))),
                ("series", Schemas.Array(refer(SchemaNames.HistorySeries))),
                ("missing", Schemas.Array(refer(SchemaNames.MissingPart)))
            )
        );
        yield return (
            SchemaNames.HistorySeries,
            Schemas.Record(
                "A metric's value for each day; null where it is missing, or null itself.",
                ("metric", Schemas.Text()),
                ("source", Schemas.Text()),
                (
                    "values",
                    Schemas.Array(new OpenApiSchema { Description = "A number, true or false, a text or texts." })
                )
            )
        );
        yield return (
            SchemaNames.MissingPart,
            Schemas.Record(
                "What could not be had at all: of which source, and why.",
                ("source", Schemas.Text()),
                ("code", Schemas.Text()),
                ("detail", Schemas.Text())
            )
        );
    }

    /// <summary>Of what differs between two moments.</summary>
    /// <param name="refer">A reference to a schema by its name.</param>
    private static IEnumerable<(string Name, OpenApiSchema Schema)> Comparison(
        Func<string, OpenApiSchemaReference> refer
    )
    {
        yield return (
            SchemaNames.Comparison,
            Schemas.Record(
                "A page of what differs between two moments, with the counts of all rows.",
                ("from", refer(SchemaNames.ComparedState)),
                ("to", refer(SchemaNames.ComparedState)),
                ("counts", refer(SchemaNames.ComparisonCounts)),
                ("next", Schemas.OrNull(Schemas.Text())),
                ("results", Schemas.Array(refer(SchemaNames.ComparedRow))),
                ("warnings", Schemas.Array(refer(SchemaNames.QueryWarning)))
            )
        );
        yield return (
            SchemaNames.ComparedState,
            Schemas.Record(
                "The rows of one of the moments.",
                ("taken_at", Schemas.Text("date-time")),
                ("rows", Schemas.Whole()),
                ("is_present", Schemas.Flag())
            )
        );
        yield return (
            SchemaNames.ComparisonCounts,
            Schemas.Record(
                "How many rows entered the query, left it, changed in a compared field and stayed as they were.",
                ("entered", Schemas.Whole()),
                ("left", Schemas.Whole()),
                ("changed", Schemas.Whole()),
                ("stayed", Schemas.Whole())
            )
        );
        yield return (
            SchemaNames.ComparedRow,
            Schemas.Record(
                "A row that differs, as it is at the later moment, or was if it is not there any more.",
                ("change", Schemas.Text()),
                ("existed", Schemas.Flag()),
                ("exists", Schemas.Flag()),
                ("username", Schemas.Text()),
                ("user_uid", Schemas.OrNull(Schemas.Text())),
                ("organization", refer(SchemaNames.ComparedOrganization)),
                ("differences", Schemas.Array(refer(SchemaNames.Difference)))
            )
        );
        yield return (
            SchemaNames.ComparedOrganization,
            Schemas.OrNull(
                Schemas.Record(
                    "The row's organisation; null without one.",
                    ("name", Schemas.Text()),
                    ("uid", Schemas.Text())
                )
            )
        );
        yield return (
            SchemaNames.Difference,
            Schemas.Record(
                "A compared field, whether or not it differs; null where there is no value, or no row.",
                ("path", Schemas.Text()),
                ("was", new OpenApiSchema { Description = "The value at the earlier moment." }),
                ("is", new OpenApiSchema { Description = "The value at the later one." })
            )
        );
    }
}
