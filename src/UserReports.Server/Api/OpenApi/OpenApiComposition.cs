using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UserReports.Server.Api.Exports;
using UserReports.Server.Export;
using UserReports.Server.Http;
using UserReports.Server.Requests;

namespace UserReports.Server.Api.OpenApi;

/// <summary>The OpenAPI document, made from the routes and the catalogue.</summary>
internal static class OpenApiComposition
{
    public const string DocumentName = "v2";

    private const string Json = "application/json";
    private const string ProblemType = "application/problem+json";
    private const string TokenScheme = "token";
    private const string BasicScheme = "basic";

    /// <summary>Signing in and the audit log can fail everywhere.</summary>
    private static readonly int[] FailuresOfAll = [401, 403, 429, 503];

    public static IServiceCollection AddReportsOpenApi(this IServiceCollection services) =>
        services.AddOpenApi(
            DocumentName,
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.AddDocumentTransformer((document, context, _) => Describe(document, RootOf(context)));
                options.AddOperationTransformer((operation, context, _) => Describe(operation, context));
            }
        );

    /// <param name="root">The path under which the service stands; empty for none.</param>
    private static Task Describe(OpenApiDocument document, string root)
    {
        document.Info = new()
        {
            Title = "User reports",
            Version = DocumentName,
            Description =
                "Reports on every account of a platform: usage, limits and subscriptions. For active superusers only.",
        };
        document.Servers = root.Length == 0 ? [] : [new() { Url = root }];
        document.Paths = WithSlash(document.Paths);
        document.Tags = null;
        document.Components ??= new();
        document.Components.Schemas = Schemas.All(document);
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [TokenScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "Authorization",
                Description = "The platform's API token: Token, a space, and the key. Bearer is taken as well.",
            },
            [BasicScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "basic",
                Description = "The platform's username and password; not for accounts with a second factor.",
            },
        };
        document.Security =
        [
            new() { [new OpenApiSecuritySchemeReference(TokenScheme, document)] = [] },
            new() { [new OpenApiSecuritySchemeReference(BasicScheme, document)] = [] },
        ];
        return Task.CompletedTask;
    }

    private static string RootOf(OpenApiDocumentTransformerContext context) =>
        context
            .ApplicationServices.GetRequiredService<IHttpContextAccessor>()
            .HttpContext?.Request.PathBase.ToUriComponent()
        ?? "";

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
            parameter.Description ??= metadata.OfType<PathDocumentation>().LastOrDefault()?.Description;
        // The parameter format=json changes nothing: it is for clients that exist, not for new ones.
        List<QueryParameter> parameters =
        [
            .. metadata
                .OfType<AcceptedParameters>()
                .SelectMany(accepted => accepted.All)
                .Where(parameter => parameter != QueryParameter.Format),
        ];
        var body = metadata.OfType<TakesBodyMark>().LastOrDefault();
        if (body is not null)
            operation.RequestBody = Body(body.Schema, context.Document);
        foreach (var parameter in body is null ? parameters : [])
        {
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = parameter.Name,
                    In = ParameterLocation.Query,
                    Description = parameter.Description,
                    Schema = Schemas.Of(parameter, context.Document),
                }
            );
        }

        if (metadata.OfType<AnswerDocumentation>().LastOrDefault() is not { } words)
            return Task.CompletedTask;
        var isStart = context.Description.HttpMethod == HttpMethods.Post && body is null;
        operation.Responses = new()
        {
            [isStart ? "202" : "200"] = words.Shape.Schema is null
                ? FileAnswer(words.Shape, context.Document)
                : Answer(
                    isStart ? "Started, or in progress already" : "Found",
                    [Json],
                    Schemas.Of(words.Shape, context.Document)
                ),
        };
        foreach (var status in words.Failures.Union(FailuresOfAll).Order())
        {
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = Answer(
                string.Join(
                    "; ",
                    Problems.All.Where(problem => problem.Status == status).Select(problem => problem.Title)
                ),
                [ProblemType],
                new OpenApiSchemaReference(SchemaNames.Problem, context.Document)
            );
        }

        return Task.CompletedTask;
    }

    private static OpenApiRequestBody Body(string schema, OpenApiDocument? document) =>
        new()
        {
            Description = "The parameters of the same question by GET; each may be left out.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Json] = new() { Schema = new OpenApiSchemaReference(schema, document) },
            },
        };

    private static OpenApiResponse FileAnswer(AnswerShape shape, OpenApiDocument? document)
    {
        var answer = Answer(
            "The file",
            [.. ExportFormat.All.Select(format => format.MediaType.Split(';')[0])],
            Schemas.Of(shape, document)
        );
        answer.Headers = new Dictionary<string, IOpenApiHeader>
        {
            [ExportEndpoint.CountHeader] = new OpenApiHeader
            {
                Description = "How many rows the file holds.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
            },
            [QueryWarnings.Header] = new OpenApiHeader
            {
                Description = "Where a list of reports has warnings: the same list, as JSON.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
            ["Content-Disposition"] = new OpenApiHeader
            {
                Description = "The name of the file.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        };
        return answer;
    }

    private static OpenApiResponse Answer(
        string description,
        IReadOnlyList<string> contentTypes,
        IOpenApiSchema schema
    ) =>
        new()
        {
            Description = description,
            Content = contentTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = schema }),
        };

    /// <summary>Routes end in a slash, as the platform's own do; the framework drops it.</summary>
    private static OpenApiPaths WithSlash(OpenApiPaths paths)
    {
        var all = new OpenApiPaths();
        foreach (var (path, item) in paths)
            all.Add(path.TrimEnd('/') + "/", item);
        return all;
    }
}
