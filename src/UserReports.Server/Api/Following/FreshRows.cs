using System.Globalization;
using UserReports.Core.Documents;
using UserReports.Core.Query;
using UserReports.Refresh.Following;
using UserReports.Server.Http;
using UserReports.Store;

namespace UserReports.Server.Api.Following;

/// <summary>Rows computed anew before they are answered, for whoever asks for them with <c>max_staleness</c>.</summary>
internal sealed class FreshRows(OnDemandRefresher refresher, TimeProvider time)
{
    /// <summary>Says how many rows of the answer are older than was asked for.</summary>
    public const string StaleRows = "X-Stale-Rows";

    /// <summary>Well within the time that a request may take.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestStaleness = TimeSpan.FromDays(30);

    /// <summary>Reads <c>max_staleness</c>; null without it, or with a fault.</summary>
    public static TimeSpan? Read(IQueryCollection parameters, List<RequestFault> faults)
    {
        var name = QueryParameter.MaxStaleness.Name;
        if (!parameters.TryGetValue(name, out var text))
            return null;
        if (Parse(text.ToString()) is { } staleness)
            return staleness;
        faults.Add(
            new(
                name,
                Problems.BadParameter.Code,
                "The parameter max_staleness must be a whole number with s, m, h or d behind it, from 1s to 30d, such as 5m.",
                text.ToString(),
                0,
                []
            )
        );
        return null;
    }

    /// <summary>Computes the rows of a page anew that are older.</summary>
    /// <returns>The instant before which rows of the answer may still be computed; null if none is.</returns>
    public Task<DateTimeOffset?> OfPageAsync(
        IReportReader reader,
        ReportQuery query,
        PageRequest page,
        TimeSpan? staleness,
        CancellationToken cancellationToken
    ) =>
        RefreshAsync(
            staleness,
            before =>
                reader.StaleAccountsAsync(query, page, before, OnDemandRefresher.AccountsMax + 1, cancellationToken),
            cancellationToken
        );

    /// <summary>Computes an account's rows anew if they are older.</summary>
    /// <inheritdoc cref="OfPageAsync"/>
    public Task<DateTimeOffset?> OfAccountAsync(
        IReportReader reader,
        string userUid,
        TimeSpan? staleness,
        CancellationToken cancellationToken
    ) =>
        RefreshAsync(
            staleness,
            before => reader.StaleAccountsAsync(userUid, before, OnDemandRefresher.AccountsMax + 1, cancellationToken),
            cancellationToken
        );

    /// <summary>Computes the rows of a filter anew that are older, as far as one request may.</summary>
    /// <returns>Rows that are older still, of those that were looked at.</returns>
    public async Task<int> OfRowsAsync(
        IReportReader reader,
        Condition? filter,
        TimeSpan? staleness,
        CancellationToken cancellationToken
    )
    {
        var some = new PageRequest(OnDemandRefresher.AccountsMax, Count: false);
        var query = new ReportQuery(filter, []);
        if (await OfPageAsync(reader, query, some, staleness, cancellationToken) is not { } before)
            return 0;
        var left = await reader.StaleAccountsAsync(query, some, before, some.Limit, cancellationToken);
        return left.Count;
    }

    /// <summary>Says how many rows are older than was asked for.</summary>
    /// <param name="before">What computing them anew returned.</param>
    public static void Tell(HttpContext context, DateTimeOffset? before, IReadOnlyList<ReadOnlyMemory<byte>> documents)
    {
        if (before is { } instant)
            Tell(context, documents.Count(document => ReportDocument.LastUpdatedOf(document.Span) < instant));
    }

    /// <inheritdoc cref="Tell(HttpContext, DateTimeOffset?, IReadOnlyList{ReadOnlyMemory{byte}})"/>
    public static void Tell(HttpContext context, int rows)
    {
        if (rows == 0)
            return;
        context.Response.Headers[StaleRows] = rows.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.Warning = "110 user-reports \"some rows are older than max_staleness\"";
    }

    private static TimeSpan? Parse(string text)
    {
        if (
            text.Length is < 2 or > 8
            || !int.TryParse(
                text.AsSpan(0, text.Length - 1),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var n
            )
        )
            return null;
        TimeSpan? staleness = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(n),
            'm' => TimeSpan.FromMinutes(n),
            'h' => TimeSpan.FromHours(n),
            'd' => TimeSpan.FromDays(n),
            _ => null,
        };
        return staleness >= TimeSpan.FromSeconds(1) && staleness <= LongestStaleness ? staleness : null;
    }

    private async Task<DateTimeOffset?> RefreshAsync(
        TimeSpan? staleness,
        Func<DateTimeOffset, Task<IReadOnlyList<long>>> find,
        CancellationToken cancellationToken
    )
    {
        if (staleness is not { } most)
            return null;
        var before = time.GetUtcNow() - most;
        var stale = await find(before);
        if (stale.Count == 0)
            return null;
        var outcome = await refresher.RefreshAsync(stale, Within, cancellationToken);
        return outcome.Left.Count == 0 ? null : before;
    }
}
