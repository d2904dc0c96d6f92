using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Exact;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Memory;
using UserReports.Store.DuckDb.Orders;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Accounts by their names and numbers, and accounts that are old or chosen at random.</summary>
internal sealed class AccountFinder(MemoryKeeper keeper)
{
    private static readonly FieldPath LastUpdated = new(
        ReportCatalogue.Fields.First(field => field.Name == "last_updated"),
        [],
        []
    );

    /// <summary>Where an account's documents are, ordered by organisation id.</summary>
    public IReadOnlyList<long> Documents(ReadTransaction reading, string userUid) =>
        (keeper.Of(reading.Generation) is { } memory ? ExactLookup.Documents(reading, memory, userUid) : null)
        ?? reading.Database.Rows(
            $"select document from {Rows(reading)} where user_uid = $1 order by organization_id",
            row => row.GetInt64(0),
            userUid
        );

    /// <inheritdoc cref="IReportReader.FindAccountsAsync"/>
    public static IReadOnlyList<FoundReport> Find(ReadTransaction reading, IReadOnlyCollection<long> accountIds)
    {
        if (accountIds.Count == 0)
            return [];
        var rows = reading.Database.Rows(
            $"select user_id, document from {Rows(reading)} where user_id in ({DuckDbCommands.List(accountIds)}) order by user_id, organization_id",
            row => (Account: row.GetInt64(0), Document: row.GetInt64(1))
        );
        var documents = reading.Generation.Documents.Read([.. rows.Select(row => row.Document)]);
        return [.. rows.Zip(documents, (row, document) => new FoundReport(row.Account, document))];
    }

    /// <inheritdoc cref="IReportReader.StaleAccountsAsync(string, DateTimeOffset, int, CancellationToken)"/>
    /// <param name="find">Finds where the rows' documents are, in the order of the answer.</param>
    public IReadOnlyList<long> Stale(
        ReadTransaction reading,
        Func<ReadTransaction, IReadOnlyList<long>> find,
        DateTimeOffset before,
        int max
    )
    {
        // First, for who writes may wait until nobody uses the database: a column is not waited for within a use.
        var memory = keeper.Of(reading.Generation);
        var column = memory is null ? null : keeper.Column(reading.Generation, memory, LastUpdated);
        var documents = find(reading);
        if (documents.Count == 0)
            return [];
        var known = column is null ? null : Known(memory!, column, documents, before);
        var accounts = known ?? Read(reading, documents, before);
        return [.. documents.Where(accounts.ContainsKey).Select(document => accounts[document]).Distinct().Take(max)];
    }

    private static Dictionary<long, long>? Known(
        GenerationMemory memory,
        KeyColumn column,
        IReadOnlyList<long> documents,
        DateTimeOffset before
    )
    {
        _ = KeyValues.TryKey(before, column.Kind, out var bound);
        Dictionary<long, long> found = [];
        foreach (var document in documents)
        {
            var ordinal = memory.Base.OrdinalOf(document);
            var changed = ordinal < 0 ? memory.Changes.OfDocument(document) : null;
            if (ordinal < 0 && changed is null)
                return null;
            var key = changed?.Key(column.Slot) ?? column.Key(ordinal);
            if (!key.IsNull && key.Number < bound.Number)
                found[document] = changed?.UserId ?? memory.Base.UserId(ordinal);
        }

        return found;
    }

    private static Dictionary<long, long> Read(
        ReadTransaction reading,
        IReadOnlyList<long> documents,
        DateTimeOffset before
    ) =>
        reading
            .Database.Rows(
                $"select document, user_id from {Rows(reading)} where document in ({DuckDbCommands.List(documents)}) and last_updated < $1",
                row => (Document: row.GetInt64(0), Account: row.GetInt64(1)),
                before
            )
            .ToDictionary(row => row.Document, row => row.Account);

    /// <inheritdoc cref="IReportReader.SampleAccountsAsync"/>
    public static IReadOnlyList<long> Sample(ReadTransaction reading, int accounts) =>
        reading.Database.Rows(
            $"select user_id from (select distinct user_id from {Rows(reading)}) using sample reservoir({accounts} rows)",
            row => row.GetInt64(0)
        );

    private static string Rows(ReadTransaction reading) => reading.Statements.Dialect.Table.ToString();
}
