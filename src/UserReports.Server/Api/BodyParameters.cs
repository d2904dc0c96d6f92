using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using UserReports.Server.Access;
using UserReports.Server.Access.Browsers;
using UserReports.Server.Http;

namespace UserReports.Server.Api;

/// <summary>Marks a route that reads although it is asked by POST: its parameters may stand in a JSON body.</summary>
/// <param name="Schema">The body's name in the OpenAPI document.</param>
internal sealed record TakesBodyMark(string Schema);

/// <summary>Parameters in the body of a request, which unlike its address stands in nobody's log.</summary>
/// <remarks>
/// They take the place of those of the address, so everything after them sees one set of parameters. What the address
/// says of the page goes before what the body says of it: so the same body can be sent to the address of the next page.
/// </remarks>
internal static class BodyParameters
{
    private static readonly string[] Pages = ["start", "offset", "page", "cursor"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    public static RouteHandlerBuilder TakesBody(this RouteHandlerBuilder route, string schema) =>
        route.WithMetadata(new TakesBodyMark(schema));

    /// <summary>Reads the body of routes that take one; to stand before whatever looks at parameters.</summary>
    public static async ValueTask<object?> ReadAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<TakesBodyMark>() is null)
            return await next(context);
        // What only reads needs no token, but a form of another site can send a cookie with any body.
        if (http.User.Identity?.AuthenticationType == AccessNames.SessionScheme && !CrossSiteGuard.IsOwn(http.Request))
        {
            return Problems
                .BadAntiforgery.With(
                    "With a session's cookie only a page of this service may ask so; or use an API token."
                )
                .AsResult();
        }

        if (!HasBody(http.Request))
            return await next(context);
        if (!http.Request.HasJsonContentType())
            return Problems.OfStatus(StatusCodes.Status415UnsupportedMediaType).AsResult();
        List<RequestFault> faults = [];
        if (await ParametersAsync(http.Request, faults) is not { } parameters)
        {
            return Problems
                .BadRequest.With(
                    "The body is no JSON object with each parameter once, such as {\"q\": \"is_active:true\"}."
                )
                .AsResult();
        }

        if (faults.Count > 0)
            return faults.ToProblem().AsResult();
        var address = QueryHelpers.ParseQuery(http.Request.QueryString.Value);
        if (Pages.Any(address.ContainsKey))
        {
            foreach (var name in Pages)
                parameters.Remove(name);
        }

        foreach (var (name, values) in address)
        {
            parameters[name] = parameters.TryGetValue(name, out var written)
                ? StringValues.Concat(written, values)
                : values;
        }

        http.Features.Set<IQueryFeature>(new QueryFeature(new QueryCollection(parameters)));
        return await next(context);
    }

    private static bool HasBody(HttpRequest request) =>
        request.ContentLength is not 0
        && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    private static async Task<Dictionary<string, StringValues>?> ParametersAsync(
        HttpRequest request,
        List<RequestFault> faults
    )
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, Strict, request.HttpContext.RequestAborted);
            if (body.RootElement.ValueKind != JsonValueKind.Object)
                return null;
            Dictionary<string, StringValues> parameters = new(StringComparer.OrdinalIgnoreCase);
            foreach (var member in body.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Null)
                    continue;
                if (Text(member.Value) is { } text)
                    parameters[member.Name] = text;
                else
                    faults.Add(Unusable(member));
            }

            return parameters;
        }
        // The latter for half a surrogate pair, which can be escaped but is no text.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
                string.Join(',', value.EnumerateArray().Select(item => item.GetString())),
            _ => null,
        };

    private static RequestFault Unusable(JsonProperty member) =>
        new(
            member.Name,
            Problems.BadParameter.Code,
            $"The parameter {member.Name} must be a text, a number, true or false, or a list of texts.",
            member.Value.GetRawText(),
            0,
            []
        );
}
