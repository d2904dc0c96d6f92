using UserReports.Store;
using UserReports.Store.History;

namespace UserReports.Server.Api.History;

/// <summary>The two states that a comparison is of now. A day that is not over yet may have another snapshot by the
/// next page; so a page says which it is of.</summary>
/// <param name="IsPresent">Whether the later one is the present, whatever it will be by then.</param>
internal sealed record ComparedMoments(SnapshotInfo From, SnapshotInfo To, bool IsPresent)
{
    /// <summary>When the later one was taken; null for the present.</summary>
    public DateTimeOffset? TakenAt => IsPresent ? null : To.CompletedAt;

    /// <summary>Both as one, which is another whenever a row of either is.</summary>
    public SnapshotInfo Both => Of(From, To);

    /// <inheritdoc cref="Both"/>
    public static SnapshotInfo Of(SnapshotInfo from, SnapshotInfo to) =>
        to with
        {
            Version = $"{from.Version} {to.Version}",
        };

    /// <summary>The states that answer a question now.</summary>
    /// <exception cref="NoHistoryException">There is no snapshot of one of the moments.</exception>
    /// <exception cref="NoSnapshotException">There are no present rows.</exception>
    public static async Task<ComparedMoments> OfAsync(
        IReportStore store,
        ComparisonQuery query,
        CancellationToken cancellationToken
    )
    {
        var from = query.From is { } earlier
            ? (await store.History.AtAsync(earlier, cancellationToken)).Snapshot!
            : await store.History.PreviousAsync(cancellationToken);
        var to = query.To is { } moment
            ? (await store.History.AtAsync(moment, cancellationToken)).Snapshot!
            : store.Reader.Snapshot ?? throw new NoSnapshotException();
        return new(from, to, query.To is null);
    }

    /// <summary>The parameters that lead a further page to the same states.</summary>
    public IEnumerable<(string Name, string Value)> Addresses(ComparisonQuery query)
    {
        if (query.From is not null)
            yield return ("from", PastReports.Spell(From.CompletedAt));
        if (TakenAt is { } later)
            yield return ("to", PastReports.Spell(later));
    }

    /// <summary>What a place on a page is of, apart from order and later moment.</summary>
    public string PlaceOf(ComparisonQuery query, string q) =>
        $"{q}\n{query.Shown}\n{string.Join(',', query.Fields)}\n{PastReports.Spell(From.CompletedAt)}";
}
