using UserReports.Server.Api.OpenApi;
using UserReports.Server.Http;

namespace UserReports.Server.Api;

/// <summary>What a route takes and answers, in one place for the check of requests and the OpenAPI document.</summary>
internal static class EndpointDocumentation
{
    private const string Tag = "User reports";

    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, params QueryParameter[] parameters) =>
        route.WithMetadata(new AcceptedParameters(parameters));

    /// <param name="failures">The statuses of problems besides those that every route may have.</param>
    public static RouteHandlerBuilder Answers(
        this RouteHandlerBuilder route,
        string name,
        string summary,
        AnswerShape shape,
        params int[] failures
    ) => route.WithName(name).WithSummary(summary).WithTags(Tag).WithMetadata(new AnswerDocumentation(shape, failures));

    /// <param name="description">What the part of the path is that the caller fills in.</param>
    public static RouteHandlerBuilder Names(this RouteHandlerBuilder route, string description) =>
        route.WithMetadata(new PathDocumentation(description));

    /// <summary>
    /// Refuses requests with parameters that the route does not take: a misspelt filter must not return everybody.
    /// </summary>
    public static async ValueTask<object?> CheckParametersAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var accepted = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<AcceptedParameters>();
        return accepted?.Check(context.HttpContext.Request.Query) is { Count: > 0 } faults
            ? faults.ToProblem().AsResult()
            : await next(context);
    }
}

/// <summary>What the part of a path is that the caller fills in.</summary>
internal sealed record PathDocumentation(string Description);
