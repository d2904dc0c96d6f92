using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using UserReports.Refresh.Following;
using UserReports.Server.Access.Browsers;
using UserReports.Server.Api.Lists;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Server.Http;
using UserReports.Store;

namespace UserReports.Server.Api.Following;

/// <summary>One account, computed anew now.</summary>
internal static class AccountRefreshEndpoint
{
    public static void Map(RouteGroupBuilder group) =>
        group
            .MapPost("/{user_uid}/refresh/", RefreshAsync)
            .Names("The account's public identifier.")
            .Takes(QueryParameter.Format)
            .Answers(
                "RefreshAccount",
                "Compute one account's reports anew from what the sources hold now, and answer them",
                OpenApi.AnswerShape.Reports,
                400,
                404
            );

    private static async Task<IResult> RefreshAsync(
        HttpContext context,
        [FromRoute(Name = "user_uid")] string userUid,
        [FromServices] OnDemandRefresher refresher,
        IAntiforgery antiforgery,
        TimeProvider time
    )
    {
        if (!await antiforgery.AcceptsChangeAsync(context))
            return Problems.OfAntiforgery().AsResult();
        var reader = (await context.ViewOfAccountAsync(userUid)).Reader;
        var reports = reader.For(context);
        var accounts = await reports.StaleAccountsAsync(
            userUid,
            DateTimeOffset.MaxValue,
            OnDemandRefresher.AccountsMax,
            context.RequestAborted
        );
        // What cannot be recorded does not happen, so it is recorded before.
        AuditedRequests.Record(context, accounts.Count, StatusCodes.Status200OK);
        foreach (var account in accounts)
            await refresher.RefreshAsync(account, context.RequestAborted);
        var snapshot = reader.Snapshot ?? throw new NoSnapshotException();
        var documents = await reports.FindAccountAsync(userUid, context.RequestAborted);
        if (documents.Count == 0)
        {
            return Problems
                .NotFound.With(
                    accounts.Count == 0
                        ? ReportsEndpoints.NoSuchAccount
                        : "The platform has no such account any more; its reports are gone."
                )
                .AsResult();
        }

        SnapshotHeaders.Add(context, snapshot, time);
        return new DocumentsResult("[", documents, "]", Projection: null);
    }
}
