using UserReports.Server.Api.History;
using UserReports.Server.Concealment;
using UserReports.Server.Explorer.Reading;
using UserReports.Server.Http;

namespace UserReports.Server.Explorer.Year;

/// <summary>Reads an account's year for its page; the record of having looked at the account stands already.</summary>
internal sealed class YearReading(ReportReading reading, AccountHistories histories, NameConcealment concealment)
{
    /// <summary>The year of the account in an organisation.</summary>
    /// <param name="organization">Null for an account without one.</param>
    /// <returns>Null if there is no such account any more.</returns>
    public Task<YearFigures?> FindAsync(
        AccountKey account,
        string? organization,
        CancellationToken cancellationToken
    ) =>
        reading.ReadOfAccountAsync(
            account,
            async (view, reader, accountId) =>
            {
                var documents = await view.Reader.FindAccountsAsync([accountId], cancellationToken);
                var last = histories.Today;
                List<RequestFault> faults = [];
                var history =
                    documents.Count == 0
                        ? null
                        : await histories.ReadAsync(
                            accountId,
                            [.. documents.Select(found => found.Document)],
                            new(YearFigures.Metrics, organization, last.AddDays(1 - HistoryRequest.UsualDays), last),
                            document => concealment.Shown(view, document),
                            reader,
                            faults,
                            cancellationToken
                        );
                return history is null ? null : YearFigures.Of(history);
            },
            cancellationToken
        );
}
