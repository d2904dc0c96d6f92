using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using UserReports.Server.Api.Following;
using UserReports.Server.Audit;
using UserReports.Server.Concealment;
using UserReports.Store;

namespace UserReports.Server.Api;

/// <summary>What every answer says of the state that it was read from.</summary>
internal static class SnapshotHeaders
{
    public const string Age = "X-Snapshot-Age";

    /// <summary>How many seconds ago that was known to be the present state; only while that cannot be asked.</summary>
    public const string Unconfirmed = "X-Snapshot-Unconfirmed";

    /// <summary>How the sources are followed since.</summary>
    public const string Follow = "X-Follow";

    /// <summary>The answer 304 if the client has what it would get, otherwise null.</summary>
    /// <param name="exists">Whether there surely is something to get: then <c>*</c>, which means any state of it, is
    /// what the client has.</param>
    public static IResult? NotModified(HttpContext context, SnapshotInfo? snapshot, TimeProvider time, bool exists)
    {
        if (
            snapshot is null
            || context.Request.Headers.IfNoneMatch.Count == 0
            || !HttpMethods.IsGet(context.Request.Method)
        )
            return null;
        var tag = TagOf(context, snapshot);
        var isSame = context
            .Request.GetTypedHeaders()
            .IfNoneMatch.Any(known => known.Tag.Value == $"\"{tag}\"" || (exists && known.Tag.Value == "*"));
        if (!isSame)
            return null;
        Add(context, snapshot, time);
        AuditedRequests.Record(context, 0, StatusCodes.Status304NotModified);
        return Results.StatusCode(StatusCodes.Status304NotModified);
    }

    public static void Add(HttpContext context, SnapshotInfo snapshot, TimeProvider time)
    {
        var age = Math.Max(0, (long)(time.GetUtcNow() - snapshot.CompletedAt).TotalSeconds);
        context.Response.Headers[Age] = age.ToString(CultureInfo.InvariantCulture);
        if (snapshot.Unconfirmed is { } unconfirmed)
        {
            context.Response.Headers[Unconfirmed] = Math.Ceiling(unconfirmed.TotalSeconds)
                .ToString(CultureInfo.InvariantCulture);
        }

        context.Response.Headers[Follow] = context.RequestServices.GetRequiredService<FollowStatus>().Header;
        // Without an address that says everything there is nothing that the tag would be of.
        if (HttpMethods.IsGet(context.Request.Method))
            context.Response.Headers.ETag = $"W/\"{TagOf(context, snapshot)}\"";
        context.Response.Headers.Append("Vary", "Authorization, Cookie");
        if (context.View() is { Conceals: true })
            context.Response.Headers[ReportView.Header] = ReportView.Names;
    }

    /// <summary>
    /// The state and everything of the request that the answer depends on, whether names are concealed among it; weak,
    /// because answers may be compressed.
    /// </summary>
    private static string TagOf(HttpContext context, SnapshotInfo snapshot)
    {
        var request = context.Request;
        return Convert.ToHexStringLower(
            SHA256
                .HashData(
                    Encoding.UTF8.GetBytes(
                        $"{snapshot.Version}\n{request.Scheme}://{request.Host}{request.PathBase}{request.Path}{request.QueryString}{ViewOf(context)}"
                    )
                )
                .AsSpan(0, 16)
        );
    }

    private static string ViewOf(HttpContext context) => context.View() is { } view ? "\n" + view.Tag : "";
}
