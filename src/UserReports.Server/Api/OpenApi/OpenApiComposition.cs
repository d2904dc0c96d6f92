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
        operation.Tags = null;
        operation.Parameters ??= [];
        foreach (var parameter in metadata.OfType<AcceptedParameters>().SelectMany(accepted => accepted.All))
        {
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = parameter.Name,
                    In = ParameterLocation.Query,
                    Description = parameter.Description,
                    Schema = parameter.IsNumber ? Schemas.Whole() : Schemas.Text(),
                }
            );
        }

        if (metadata.OfType<AnswerWords>().LastOrDefault() is not { } words)
            return Task.CompletedTask;
        var isStart = context.Description.HttpMethod == HttpMethods.Post;
        operation.Responses = new()
        {
            [isStart ? "202" : "200"] = Answer(
                isStart ? "Started, or in progress already" : "Found",
                Json,
                words.Schema,
                context
            ),
        };
        if (words.Schema == SchemaNames.File)
        {
            operation.Responses["200"] = Answer(
                "The file",
                [.. ExportFormat.All.Select(format => format.MediaType.Split(';')[0])],
                words.Schema,
                context
            );
        }

        foreach (var status in words.Failures.Concat([401, 403, 429]).Order())
        {
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = Answer(
                string.Join(
                    "; ",
                    Problems.All.Where(problem => problem.Status == status).Select(problem => problem.Title)
                ),
                ProblemType,
                SchemaNames.Problem,
                context
            );
        }

        return Task.CompletedTask;
    }

    private static OpenApiResponse Answer(
        string description,
        string contentType,
        string schema,
        OpenApiOperationTransformerContext context
    ) => Answer(description, [contentType], schema, context);

    private static OpenApiResponse Answer(
        string description,
        IReadOnlyList<string> contentTypes,
        string schema,
        OpenApiOperationTransformerContext context
    ) =>
        new()
        {
            Description = description,
            Content = contentTypes.ToDictionary(
                type => type,
                _ => new OpenApiMediaType { Schema = new OpenApiSchemaReference(schema, context.Document) }
            ),
        };
}
