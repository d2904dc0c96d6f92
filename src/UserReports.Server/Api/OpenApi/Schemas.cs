using Microsoft.OpenApi;
using UserReports.Core.Reports;

namespace UserReports.Server.Api.OpenApi;

/// <summary>The schemas of the document; that of a report follows from the catalogue.</summary>
internal static class Schemas
{
    public static Dictionary<string, IOpenApiSchema> All(OpenApiDocument document)
    {
        var report = new OpenApiSchemaReference(SchemaNames.Report, document);
        var run = new OpenApiSchemaReference(SchemaNames.Run, document);
        return new(StringComparer.Ordinal)
        {
            [SchemaNames.Report] = Object(ReportCatalogue.Fields, "One account in one organisation, or in none."),
            [SchemaNames.Page] = Page(report, "A page of reports; count is left out on request."),
            [SchemaNames.Reports] = Array(report),
            [SchemaNames.Fields] = Array(
                Record(
                    ("path", Text()),
                    ("type", Text()),
                    ("nullable", Flag()),
                    ("can_order", Flag()),
                    ("lookups", Array(Text())),
                    ("description", Text())
                )
            ),
            [SchemaNames.Summary] = Record(
                ("group_by", Array(Text())),
                ("metrics", Array(Text())),
                ("total", Record(("values", Anything("One value per metric.")))),
                (
                    "groups",
                    Array(
                        Record(
                            ("is_others", Flag()),
                            ("group", Array(new OpenApiSchema { Description = "One value per path of group_by." })),
                            ("values", Anything("One value per metric."))
                        )
                    )
                )
            ),
            [SchemaNames.Run] = Record(
                ("uid", Text("uuid")),
                ("status", Choice("in_progress", "completed", "aborted")),
                ("progress", Decimal()),
                ("cursor", Text()),
                ("started_at", Text("date-time")),
                ("finished_at", OrNull(Text("date-time"))),
                ("heartbeat_at", OrNull(Text("date-time"))),
                ("accounts_total", Whole()),
                ("accounts_done", Whole()),
                ("rows_written", Whole()),
                ("ranges_total", Whole()),
                ("ranges_done", Whole()),
                ("last_error", OrNull(Text())),
                ("warning_count", Whole()),
                ("warnings", Array(Record(("subject", Text()), ("problem", Text()))))
            ),
            [SchemaNames.Runs] = Page(run, "A page of runs, the newest first."),
            [SchemaNames.File] = Text("binary"),
            [SchemaNames.Problem] = ProblemSchema(),
        };
    }

    public static OpenApiSchema Text(string? format = null) => new() { Type = JsonSchemaType.String, Format = format };

    public static OpenApiSchema Whole() => new() { Type = JsonSchemaType.Integer, Format = "int64" };

    private static OpenApiSchema Flag() => new() { Type = JsonSchemaType.Boolean };

    private static OpenApiSchema Decimal() => new() { Type = JsonSchemaType.Number };

    private static OpenApiSchema Anything(string description) =>
        new() { Type = JsonSchemaType.Object, Description = description };

    private static OpenApiSchema Array(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema Choice(params string[] values) =>
        new()
        {
            Type = JsonSchemaType.String,
            Enum = [.. values.Select(value => (System.Text.Json.Nodes.JsonNode)value)],
        };

    private static OpenApiSchema OrNull(OpenApiSchema schema)
    {
        schema.Type |= JsonSchemaType.Null;
        return schema;
    }

    private static OpenApiSchema Record(params (string Name, IOpenApiSchema Schema)[] members) =>
        new()
        {
            Type = JsonSchemaType.Object,
            Properties = members.ToDictionary(member => member.Name, member => member.Schema),
            Required = members.Select(member => member.Name).ToHashSet(),
        };

    private static OpenApiSchema Page(IOpenApiSchema item, string description)
    {
        var page = Record(
            ("count", Whole()),
            ("next", OrNull(Text("uri"))),
            ("previous", OrNull(Text("uri"))),
            ("results", Array(item))
        );
        page.Required!.Remove("count");
        page.Description = description;
        return page;
    }

    private static OpenApiSchema ProblemSchema()
    {
        var problem = Record(
            ("type", Text()),
            ("title", Text()),
            ("status", Whole()),
            ("detail", Text()),
            ("code", Text()),
            ("traceId", Text()),
            ("parameter", Text()),
            ("text", Text()),
            ("position", Whole()),
            ("suggestions", Array(Text())),
            (
                "errors",
                Array(
                    Record(
                        ("parameter", Text()),
                        ("code", Text()),
                        ("detail", Text()),
                        ("text", Text()),
                        ("position", Whole()),
                        ("suggestions", Array(Text()))
                    )
                )
            )
        );
        problem.Required!.ExceptWith(["parameter", "text", "position", "suggestions", "errors"]);
        problem.Description =
            "RFC 9457; the members from parameter on are there where the request's parameters are at fault.";
        return problem;
    }

    private static OpenApiSchema Object(IEnumerable<Field> fields, string description)
    {
        var schema = Record([.. fields.Select(field => (field.Name, (IOpenApiSchema)Of(field)))]);
        schema.Description = description;
        return schema;
    }

    private static OpenApiSchema Of(Field field)
    {
        var schema = field.Kind switch
        {
            FieldKind.Text => Text(),
            FieldKind.Boolean => Flag(),
            FieldKind.Integer => Whole(),
            FieldKind.Decimal => Decimal(),
            FieldKind.Instant => Text("date-time"),
            FieldKind.Object => Object(field.Children, field.Description),
            FieldKind.List => Array(Object(field.Children, field.Description)),
            FieldKind.Json => new OpenApiSchema(),
            _ => throw new InvalidOperationException($"A field of kind {field.Kind} has no schema."),
        };
        schema.Description = field.Description;
        // JSON of any shape has no type and may be null as it is.
        if (field.IsNullable && schema.Type is not null)
            schema.Type |= JsonSchemaType.Null;
        return schema;
    }
}
