using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using UserReports.Server.Export;

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
                options.AddDocumentTransformer((document, _, _) => Describe(document));
                options.AddOperationTransformer((operation, context, _) => Describe(operation, context));
            }
        );

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new()
        {
            Title = "User reports",
            Version = DocumentName,
            Description =
                "Reports on every account of a platform: usage, limits and subscriptions. For active superusers only.",
        };
        document.Servers = [];
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

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
            parameter.Description ??= metadata.OfType<PathWords>().LastOrDefault()?.Description;
        // The parameter format=json changes nothing: it is for clients that exist, not for new ones.
        foreach (
            var parameter in metadata
                .OfType<AcceptedParameters>()
                .SelectMany(accepted => accepted.All)
                .Where(parameter => parameter != QueryParameter.Format)
        )
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

        if (metadata.OfType<AnswerWords>().LastOrDefault() is not { } words)
            return Task.CompletedTask;
        var isStart = context.Description.HttpMethod == HttpMethods.Post;
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
