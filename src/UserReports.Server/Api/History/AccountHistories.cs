using System.Globalization;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Server.Http;
using UserReports.Sources;
using UserReports.Sources.Counting;
using UserReports.Store;
using UserReports.Store.History;

namespace UserReports.Server.Api.History;

/// <summary>
/// Puts an account's history together: submissions from the platform's own counters, everything else from snapshots.
/// What one of them cannot tell is missing, and the other answers all the same.
/// </summary>
/// <param name="source">Null where the store is asked alone.</param>
internal sealed class AccountHistories(IReportStore store, IReportSource? source, TimeProvider time)
{
    private const string Platform = "platform";
    private const string Snapshots = "snapshots";

    /// <summary>One account's counters are read in milliseconds; who waits for longer has a page to see.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = JsonText.DepthMax };

    /// <summary>Today, UTC.</summary>
    public DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <summary>An account's history.</summary>
    /// <param name="present">The account's documents, at least one, as whoever asks may see them.</param>
    /// <param name="shown">A document as whoever asks may see it.</param>
    /// <param name="reader">In whose turn the store is read; null for the service's own.</param>
    /// <param name="faults">Takes what is wrong with the organisation.</param>
    /// <returns>Null with a fault.</returns>
    public async Task<AccountHistory?> ReadAsync(
        long accountId,
        IReadOnlyList<ReadOnlyMemory<byte>> present,
        HistoryQuestion question,
        Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> shown,
        long? reader,
        List<RequestFault> faults,
        CancellationToken cancellationToken
    )
    {
        List<JsonElement> rows = [.. present.Select(Parse)];
        var isKnown = rows.Exists(row =>
            question.Organization is null || RowIdentity.OrganizationUidOf(row) == question.Organization
        );
        if (question.Organization is null && rows.Count > 1)
        {
            faults.Add(
                OrganizationFault(
                    $"The account belongs to {rows.Count} organisations; name one of them.",
                    "",
                    rows.Select(RowIdentity.OrganizationUidOf)
                )
            );
            return null;
        }

        // A snapshot is read only where something of it is wanted, or the organisation may be one of the past.
        var ofSnapshots = question.Metrics.Any(metric => !metric.IsCounted);
        var kept =
            ofSnapshots || !isKnown
                ? store.History.FindAccountAsync(accountId, question.First, question.Last, reader, cancellationToken)
                : Task.FromResult<IReadOnlyList<AccountDay>>([]);
        var uid = question.Organization ?? RowIdentity.OrganizationUidOf(rows[0]);
        if (
            !isKnown
            && !(await kept).Any(day =>
                day.Documents.Any(document => RowIdentity.OrganizationUidOf(Parse(document)) == uid)
            )
        )
        {
            var near = NearestNames.Of(uid!, rows.Select(RowIdentity.OrganizationUidOf).OfType<string>());
            faults.Add(
                OrganizationFault(
                    $"The account has no row in an organisation \"{uid}\", now or in a snapshot of these days."
                        + (near.Count > 0 ? $" Did you mean {string.Join(" or ", near)}?" : ""),
                    uid!,
                    near
                )
            );
            return null;
        }

        List<MissingPart> missing = [];
        var counted = question.Metrics.Any(metric => metric.IsCounted)
            ? await CountAsync(accountId, uid, missing, cancellationToken)
            : null;
        if (ofSnapshots && (await store.History.ListAsync(cancellationToken)).Count == 0)
            missing.Add(await NoHistoryAsync(cancellationToken));
        var days = await kept;
        return Compose(question, Newest(rows, days, uid, shown), uid, days, shown, counted, missing);
    }

    private static AccountHistory Compose(
        HistoryQuestion question,
        JsonElement newest,
        string? uid,
        IReadOnlyList<AccountDay> kept,
        Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> shown,
        DailySubmissions? counted,
        List<MissingPart> missing
    )
    {
        List<DateOnly> days =
        [
            .. Enumerable
                .Range(question.First.DayNumber, question.Last.DayNumber - question.First.DayNumber + 1)
                .Select(DateOnly.FromDayNumber),
        ];
        var taken = new DateTimeOffset?[days.Count];
        var values = question.Metrics.Select(_ => new string?[days.Count]).ToList();
        foreach (var day in kept)
        {
            var place = day.Day.DayNumber - question.First.DayNumber;
            foreach (var document in day.Documents)
            {
                using var parsed = JsonDocument.Parse(document, Reading);
                if (RowIdentity.OrganizationUidOf(parsed.RootElement) != uid)
                    continue;
                using var row = JsonDocument.Parse(shown(document), Reading);
                taken[place] = day.TakenAt;
                for (var i = 0; i < values.Count; i++)
                    values[i][place] = question.Metrics[i].Read(row.RootElement);
            }
        }

        for (var i = 0; i < values.Count && counted is not null; i++)
        {
            if (!question.Metrics[i].IsCounted)
                continue;
            for (var place = 0; place < days.Count; place++)
                values[i][place] = (
                    question.Metrics[i] == HistoryMetric.Submissions
                        ? counted.ToOrganizationOn(days[place])
                        : counted.ToAccountOn(days[place])
                )?.ToString(CultureInfo.InvariantCulture);
        }

        return new(
            newest,
            days,
            taken,
            [.. question.Metrics.Select((metric, i) => new HistorySeries(metric, values[i]))],
            missing
        );
    }

    /// <summary>The present row, or the last that there was in an organisation that the account has left.</summary>
    private static JsonElement Newest(
        List<JsonElement> rows,
        IReadOnlyList<AccountDay> kept,
        string? uid,
        Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> shown
    )
    {
        var present = rows.FindIndex(row => RowIdentity.OrganizationUidOf(row) == uid);
        return present >= 0
            ? rows[present]
            : Parse(
                shown(
                    kept.SelectMany(day => day.Documents)
                        .Last(document => RowIdentity.OrganizationUidOf(Parse(document)) == uid)
                )
            );
    }

    private async Task<DailySubmissions?> CountAsync(
        long accountId,
        string? organization,
        List<MissingPart> missing,
        CancellationToken cancellationToken
    )
    {
        if (source is null)
        {
            missing.Add(
                new(
                    Platform,
                    Problems.NoSource.Code,
                    "Submissions by day come from the platform's databases, which are not known here; ask a running server."
                )
            );
            return null;
        }

        using var limit = new CancellationTokenSource(Within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await source.ReadSubmissionsAsync(accountId, organization, Today, either.Token);
        }
        catch (Exception e)
            when (e is SourceException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            missing.Add(
                new(
                    Platform,
                    Problems.NoSource.Code,
                    "Submissions by day come from the platform's databases, which do not answer now. Try again in a moment."
                )
            );
            return null;
        }
    }

    private async Task<MissingPart> NoHistoryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.History.AtAsync(DateTimeOffset.MaxValue, cancellationToken);
        }
        catch (NoHistoryException e)
        {
            return new(Snapshots, Problems.NoHistory.Code, e.Message);
        }

        // A day was kept meanwhile.
        return new(Snapshots, Problems.NoHistory.Code, "The first day has only just been kept. Ask again.");
    }

    private static RequestFault OrganizationFault(string detail, string text, IEnumerable<string?> suggestions) =>
        new(
            QueryParameter.Organization.Name,
            Problems.BadParameter.Code,
            detail,
            text,
            0,
            [.. suggestions.OfType<string>()]
        );

    private static JsonElement Parse(ReadOnlyMemory<byte> document)
    {
        using var parsed = JsonDocument.Parse(document, Reading);
        return parsed.RootElement.Clone();
    }
}
