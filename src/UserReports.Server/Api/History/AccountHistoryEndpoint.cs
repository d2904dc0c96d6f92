using Microsoft.AspNetCore.Mvc;
using UserReports.Server.Api.Lists;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Http;
using UserReports.Store;

namespace UserReports.Server.Api.History;

/// <summary>One account's numbers by day.</summary>
internal static class AccountHistoryEndpoint
{
    public static void Map(RouteGroupBuilder group) =>
        group
            .MapGet("/{user_uid}/history/", FindAsync)
            .Names("The account's public identifier.")
            .Takes(
                QueryParameter.HistoryMetrics,
                QueryParameter.Organization,
                QueryParameter.FirstDay,
                QueryParameter.LastDay,
                QueryParameter.Format
            )
            .Answers(
                "FindAccountHistory",
                "One account's numbers by day, with what is missing as null",
                OpenApi.AnswerShape.AccountHistory,
                400,
                404
            );

    private static async Task<IResult> FindAsync(
        HttpContext context,
        [FromRoute(Name = "user_uid")] string userUid,
        AccountHistories histories,
        NameConcealment concealment,
        TimeProvider time
    )
    {
        var parameters = context.Request.Query;
        var view = await context.ViewOfAccountAsync(userUid);
        List<RequestFault> faults = [];
        var request = new HistoryRequest(
            parameters["metrics"],
            parameters["organization"],
            parameters["from"],
            parameters["to"]
        );
        if (request.Compile(histories.Today, faults) is not { } question)
            return faults.ToProblem().AsResult();
        var reports = view.Reader.For(context);
        var snapshot = view.Reader.Snapshot ?? throw new NoSnapshotException();
        var accounts = await reports.StaleAccountsAsync(userUid, DateTimeOffset.MaxValue, 1, context.RequestAborted);
        var documents = await reports.FindAccountAsync(userUid, context.RequestAborted);
        if (accounts.Count == 0 || documents.Count == 0)
            return Problems.NotFound.With(ReportsEndpoints.NoSuchAccount).AsResult();
        var history = await histories.ReadAsync(
            accounts[0],
            documents,
            question,
            document => concealment.Shown(view, document),
            Caller.ReaderOf(context),
            faults,
            context.RequestAborted
        );
        if (history is null)
            return faults.ToProblem().AsResult();
        SnapshotHeaders.Add(context, snapshot, time);
        // Counters are read anew each time, which the state of the store says nothing of.
        context.Response.Headers.ETag = default;
        AuditedRequests.Record(context, documents.Count, StatusCodes.Status200OK);
        return Results.Bytes(history.ToJson(), "application/json");
    }
}
