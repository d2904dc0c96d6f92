using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using UserReports.Core.Reports;
using UserReports.Server.Api.Lists;
using UserReports.Server.Http;

namespace UserReports.Server.Api.OpenApi;

/// <summary>The schemas of the document; that of a report follows from the catalogue.</summary>
/// <remarks>Every object has a name of its own, so that generated clients have types that can be named.</remarks>
internal sealed class Schemas
{
    private readonly OpenApiDocument document;
    private readonly Dictionary<string, IOpenApiSchema> named = new(StringComparer.Ordinal);

    private Schemas(OpenApiDocument document) => this.document = document;

    public static Dictionary<string, IOpenApiSchema> All(OpenApiDocument document)
    {
        var schemas = new Schemas(document);
        schemas.AddReports();
        schemas.AddSummary();
        schemas.AddRuns();
        schemas.AddFields();
        HistorySchemas.AddTo(schemas.named, schemas.Refer);
        schemas.AddProblem();
        schemas.AddQuestion(SchemaNames.ReportsQuestion, ReportsEndpoints.ListParameters);
        schemas.AddQuestion(SchemaNames.SummaryQuestion, ReportsEndpoints.SummaryParameters);
        schemas.AddQuestion(SchemaNames.ExportQuestion, Exports.ExportEndpoint.Parameters);
        schemas.AddQuestion(SchemaNames.RevealQuestion, Privacy.RevealsEndpoint.Parameters);
        schemas.named.Add(SchemaNames.ExportFormat, Choice([.. Export.ExportFormat.All.Select(format => format.Name)]));
        return schemas.named;
    }

    /// <summary>The schema of a parameter of an address.</summary>
    public static IOpenApiSchema Of(QueryParameter parameter, OpenApiDocument? document) =>
        parameter.Kind switch
        {
            ParameterKind.Text => Text(),
            ParameterKind.Whole => Whole(),
            ParameterKind.Flag => Flag(),
            ParameterKind.Instant => Text("date-time"),
            ParameterKind.ExportFormat => new OpenApiSchemaReference(SchemaNames.ExportFormat, document),
            _ => throw new InvalidOperationException($"A parameter of kind {parameter.Kind} has no schema."),
        };

    /// <summary>The schema of an answer's body.</summary>
    public static IOpenApiSchema Of(AnswerShape shape, OpenApiDocument? document)
    {
        if (shape.Schema is null)
            return Text("binary");
        var one = new OpenApiSchemaReference(shape.Schema, document);
        return shape.IsList ? Array(one) : one;
    }

    internal static OpenApiSchema Text(string? format = null) =>
        new() { Type = JsonSchemaType.String, Format = format };

    internal static OpenApiSchema Whole(string format = "int64") =>
        new() { Type = JsonSchemaType.Integer, Format = format };

    internal static OpenApiSchema Flag() => new() { Type = JsonSchemaType.Boolean };

    private static OpenApiSchema Number(string format) => new() { Type = JsonSchemaType.Number, Format = format };

    internal static OpenApiSchema Array(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema MapOfText() => new() { Type = JsonSchemaType.Object, AdditionalProperties = Text() };

    private static OpenApiSchema Choice(params string[] values) =>
        new() { Type = JsonSchemaType.String, Enum = [.. values.Select(value => (JsonNode)value)] };

    internal static OpenApiSchema OrNull(OpenApiSchema schema)
    {
        schema.Type |= JsonSchemaType.Null;
        return schema;
    }

    internal static OpenApiSchema Record(string description, params (string Name, IOpenApiSchema Schema)[] members) =>
        new()
        {
            Type = JsonSchemaType.Object,
            Description = description,
            Properties = members.ToDictionary(member => member.Name, member => member.Schema),
            Required = members.Select(member => member.Name).ToHashSet(),
        };

    private OpenApiSchemaReference Refer(string name) => new(name, document);

    private void AddQuestion(string name, IReadOnlyList<QueryParameter> parameters) =>
        named.Add(
            name,
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "A question in a body; each member is the parameter of the same name.",
                Properties = parameters
                    .Where(parameter => parameter != QueryParameter.Format)
                    .ToDictionary(parameter => parameter.Name, parameter => Described(parameter)),
                AdditionalPropertiesAllowed = false,
            }
        );

    private IOpenApiSchema Described(QueryParameter parameter)
    {
        var schema = Of(parameter, document);
        if (schema is OpenApiSchema own)
            own.Description = parameter.Description;
        return schema;
    }

    private void AddReports()
    {
        AddObject(
            SchemaNames.Report,
            "One account in one organisation, or in none. With the parameter fields, only the members asked for.",
            ReportCatalogue.Fields
        );
        AddPage(
            SchemaNames.Page,
            SchemaNames.Report,
            "A page of reports; count is left out on request.",
            alwaysCounts: false,
            warns: true
        );
        named.Add(
            SchemaNames.QueryWarning,
            Record(
                "What is likely not meant in a query that was answered.",
                ("code", Text()),
                ("detail", Text()),
                ("parameter", Text()),
                ("text", Text()),
                ("position", Whole("int32")),
                ("suggestions", Array(Text()))
            )
        );
    }

    private void AddSummary()
    {
        var summary = Record(
            "Figures over a query, by groups.",
            ("group_by", Array(Text())),
            ("metrics", Array(Text())),
            ("total", Refer(SchemaNames.SummaryTotal)),
            ("groups", Array(Refer(SchemaNames.SummaryGroup)))
        );
        AddWarnings(summary);
        named.Add(SchemaNames.Summary, summary);
        named.Add(SchemaNames.SummaryTotal, Record("The figures of all rows.", ("values", Values())));
        named.Add(
            SchemaNames.SummaryGroup,
            Record(
                "The figures of a group.",
                ("is_others", Flag()),
                ("group", Array(new OpenApiSchema { Description = "One value per path of group_by." })),
                ("values", Values())
            )
        );

        static OpenApiSchema Values() =>
            new()
            {
                Type = JsonSchemaType.Object,
                Description = "One value per metric, by its name; null where there is nothing to compute it from.",
                AdditionalProperties = OrNull(Number("double")),
            };
    }

    private void AddRuns()
    {
        named.Add(SchemaNames.RunStatus, Choice("in_progress", "completed", "aborted"));
        named.Add(
            SchemaNames.RunWarning,
            Record("A value of a source that broke a rule.", ("subject", Text()), ("problem", Text()))
        );
        named.Add(
            SchemaNames.Run,
            Record(
                "A refresh run; progress is from 0 to 1.",
                ("uid", Text("uuid")),
                ("status", Refer(SchemaNames.RunStatus)),
                ("progress", Number("double")),
                ("cursor", Text()),
                ("started_at", Text("date-time")),
                ("finished_at", OrNull(Text("date-time"))),
                ("heartbeat_at", OrNull(Text("date-time"))),
                ("accounts_total", Whole()),
                ("accounts_done", Whole()),
                ("rows_written", Whole()),
                ("ranges_total", Whole("int32")),
                ("ranges_done", Whole("int32")),
                ("last_error", OrNull(Text())),
                ("warning_count", Whole()),
                ("warnings", Array(Refer(SchemaNames.RunWarning)))
            )
        );
        AddPage(SchemaNames.RunPage, SchemaNames.Run, "A page of runs, the newest first.", alwaysCounts: true);
    }

    private void AddFields()
    {
        named.Add(
            SchemaNames.Field,
            Record(
                "A field of the report.",
                ("path", Text()),
                ("type", Choice([.. Enum.GetNames<FieldKind>().Select(name => name.ToLowerInvariant())])),
                ("nullable", Flag()),
                ("can_order", Flag()),
                ("personal", Choice([.. Enum.GetNames<PersonalKind>().Select(name => name.ToLowerInvariant())])),
                ("lookups", Array(Text())),
                ("description", Text()),
                ("since", OrNull(Text("date")))
            )
        );
        named.Add(
            SchemaNames.AuditRecord,
            Record(
                "One read of personal data, one sign-in, or something that was refused.",
                ("at", Text("date-time")),
                ("account_id", OrNull(Whole())),
                ("username", OrNull(Text())),
                ("address", OrNull(Text())),
                ("route", Text()),
                ("path", OrNull(Text())),
                ("q", OrNull(Text())),
                ("fields", OrNull(Text())),
                ("rows", Whole()),
                ("status", Whole("int32")),
                ("within", OrNull(Array(Text()))),
                ("event", OrNull(Text())),
                ("asked", OrNull(MapOfText())),
                ("credential", OrNull(Text())),
                ("reveal", OrNull(Text()))
            )
        );
        named.Add(
            SchemaNames.Session,
            Record(
                "A sign-in to the explorer that has not ended.",
                ("id", Text()),
                ("started_at", Text("date-time")),
                ("started_from", OrNull(Text())),
                ("browser", OrNull(Text())),
                ("last_used_at", Text("date-time")),
                ("last_used_from", OrNull(Text())),
                ("ends_at", Text("date-time")),
                ("is_this_one", Flag())
            )
        );
        named.Add(
            SchemaNames.Reveal,
            Record(
                "Names that one may see for a while: those of an account, or of the rows of a query.",
                ("id", Text()),
                ("user_uid", OrNull(Text())),
                ("q", OrNull(Text())),
                ("reason", Text()),
                ("started_at", Text("date-time")),
                ("ends_at", Text("date-time"))
            )
        );
    }

    private void AddProblem()
    {
        (string, IOpenApiSchema)[] place =
        [
            ("parameter", Text()),
            ("text", Text()),
            ("position", Whole("int32")),
            ("suggestions", Array(Text())),
        ];
        var problem = Record(
            "RFC 9457; the members from parameter on are there where the request's parameters are at fault.",
            [
                ("type", Text()),
                ("title", Text()),
                ("status", Whole("int32")),
                ("detail", Text()),
                ("code", Text()),
                ("traceId", Text()),
                .. place,
                ("errors", Array(Refer(SchemaNames.ParameterFault))),
            ]
        );
        problem.Required!.ExceptWith([.. place.Select(member => member.Item1), "errors"]);
        named.Add(SchemaNames.Problem, problem);
        named.Add(
            SchemaNames.ParameterFault,
            Record("What is wrong in one place of a request.", [("code", Text()), ("detail", Text()), .. place])
        );
    }

    private void AddPage(string name, string item, string description, bool alwaysCounts, bool warns = false)
    {
        var page = Record(
            description,
            ("count", Whole()),
            ("next", OrNull(Text("uri"))),
            ("previous", OrNull(Text("uri"))),
            ("results", Array(Refer(item)))
        );
        if (!alwaysCounts)
            page.Required!.Remove("count");
        if (warns)
            AddWarnings(page);
        named.Add(name, page);
    }

    /// <summary>There only if there is something to say.</summary>
    private void AddWarnings(OpenApiSchema answer) =>
        answer.Properties!.Add("warnings", Array(Refer(SchemaNames.QueryWarning)));

    private void AddObject(string name, string description, IReadOnlyList<Field> fields) =>
        named.Add(name, Record(description, [.. fields.Select(field => (field.Name, Of(field)))]));

    private IOpenApiSchema Of(Field field)
    {
        OpenApiSchema schema;
        switch (field.Kind)
        {
            case FieldKind.Object when field.IsSeries:
                schema = Array(Whole());
                (schema.MinItems, schema.MaxItems) = (field.Children.Count, field.Children.Count);
                break;
            case FieldKind.Object when field.IsNullableWithinParent:
                return new OpenApiSchema
                {
                    OneOf = [ObjectOf(field), new OpenApiSchema { Type = JsonSchemaType.Null }],
                    Description = field.Description,
                };
            case FieldKind.Object:
                return ObjectOf(field);
            case FieldKind.List:
                schema = Array(ObjectOf(field));
                break;
            case FieldKind.Text:
                schema = Text();
                break;
            case FieldKind.Boolean:
                schema = Flag();
                break;
            case FieldKind.Integer:
                schema = Whole();
                break;
            case FieldKind.Decimal:
                schema = Number("decimal");
                break;
            case FieldKind.Instant:
                schema = Text("date-time");
                break;
            case FieldKind.Json:
                // JSON of any shape has no type and may be null as it is.
                return new OpenApiSchema { Description = field.Description };
            default:
                throw new InvalidOperationException($"A field of kind {field.Kind} has no schema.");
        }

        schema.Description = field.Description;
        return field.IsNullableWithinParent ? OrNull(schema) : schema;
    }

    private OpenApiSchemaReference ObjectOf(Field field)
    {
        var isOneOfMany = FieldSchemaNames.IsOneOfMany(field);
        var name = FieldSchemaNames.NameOf(field);
        if (!named.ContainsKey(name))
            AddObject(name, isOneOfMany ? field.Parent!.Description : field.Description, field.Children);
        var reference = Refer(name);
        if (isOneOfMany && !field.IsNullableWithinParent)
            reference.Description = field.Description;
        return reference;
    }
}
