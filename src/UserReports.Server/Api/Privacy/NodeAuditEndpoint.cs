using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Http;

namespace UserReports.Server.Api.Privacy;

/// <summary>This node's part of the audit log, for the other nodes of its workspace.</summary>
/// <remarks>The node that asks has recorded who looks.</remarks>
internal static class NodeAuditEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(NodeQuestions.Path, SearchAsync)
            .AllowAnonymous()
            .ExcludeFromDescription()
            .WithRequestTimeout(AnswerTime.Policy);

    private static async Task<IResult> SearchAsync(
        HttpContext context,
        NodeQuestions questions,
        AuditLog log,
        NameConcealment concealment
    )
    {
        if (questions.Open(context.Request.Headers[NodeQuestions.Header]) is not { } question)
            return Problems.NotFound.With("There is no such page.").AsResult();
        var records = await log.SearchAsync(
            question.ToQuery() with
            {
                Shown = concealment.ShownTo(question.Reader),
            },
            context.RequestAborted
        );
        return Results.Json(records, ApiJson.Default.IReadOnlyListAuditRecord);
    }
}
