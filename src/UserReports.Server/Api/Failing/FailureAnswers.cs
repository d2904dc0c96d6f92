using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using UserReports.Core.Query;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Http;
using UserReports.Store;

namespace UserReports.Server.Api.Failing;

/// <summary>Turns what the world does wrong into problems; what is left is a bug.</summary>
internal sealed class FailureAnswers(ILogger<FailureAnswers> logger) : IExceptionHandler
{
    private const string RetryAfterSeconds = "30";

    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await AnswerAsync(httpContext, exception);
        }
        catch (AuditException e)
        {
            // The failure was the caller's, and telling them so is a read that is recorded.
            await AnswerAsync(httpContext, e);
        }

        return true;
    }

    private async Task AnswerAsync(HttpContext context, Exception exception)
    {
        var details = Of(exception, context);
        if (details.Status == 503)
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        if (details.Status == 500)
            FailureLog.Bug(logger, exception);
        await Problems.WriteAsync(context, details);
    }

    private static ProblemDetails Of(Exception exception, HttpContext context) =>
        exception switch
        {
            PatternRejectedException rejected => PatternFault.Of(rejected, context.Request.Query["q"].ToString()),
            ConcealedChoiceException choice => new RequestFault[]
            {
                new(
                    "group_by",
                    QueryErrorCode.ConcealedField,
                    choice.Message,
                    context.Request.Query["group_by"].ToString(),
                    0,
                    []
                ),
            }.ToProblem(),
            OperationCanceledException => Problems.TooSlow.With(
                "The answer took longer than a request may take. Ask for less, or narrow the query."
            ),
            BadHttpRequestException bad => Problems.OfStatus(bad.StatusCode),
            _ when Failure.Of(exception) is { } failure => failure.Kind.With(failure.Detail),
            _ => Problems.OfStatus(500),
        };
}

/// <summary>What failures say to the log.</summary>
internal static partial class FailureLog
{
    [LoggerMessage(
        EventId = 4001,
        Level = LogLevel.Error,
        Message = "A request failed for a reason that nobody foresaw."
    )]
    public static partial void Bug(ILogger logger, Exception exception);
}
