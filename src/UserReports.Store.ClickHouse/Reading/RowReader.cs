using System.Data.Common;
using System.Numerics;
using System.Text;
using UserReports.Core.Reports;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Reading;

/// <summary>A row's name, the change that brought it, and by what its document is sorted.</summary>
internal readonly record struct RowKey(long UserId, string? OrganizationId, long Change, string Username);

/// <summary>Values and documents as the contracts have them.</summary>
internal static class RowReader
{
    /// <summary>A value of a column.</summary>
    /// <param name="kind">An instant is stored as a number.</param>
    public static object? Value(DbDataReader row, int column, FieldKind? kind) =>
        row.IsDBNull(column)
            ? null
            : row.GetValue(column) switch
            {
                long microseconds when kind == FieldKind.Instant => DateTimeOffset.UnixEpoch.AddMicroseconds(
                    microseconds
                ),
                ulong count => (long)count,
                BigInteger sum => sum >= long.MinValue && sum <= long.MaxValue ? (object)(long)sum : (Int128)sum,
                Int128 sum => sum >= long.MinValue && sum <= long.MaxValue ? (object)(long)sum : sum,
                var value => value,
            };

    /// <summary>How many columns are a row's key.</summary>
    public const int KeyColumns = 4;

    /// <summary>The first columns of a page's statement.</summary>
    public static RowKey Key(DbDataReader row) =>
        new(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2), row.GetString(3));

    /// <summary>The documents of rows, in their order.</summary>
    public static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> DocumentsAsync(
        ClickHouseServer server,
        Snapshot snapshot,
        IReadOnlyList<RowKey> keys,
        CancellationToken cancellationToken
    )
    {
        var documents = new ReadOnlyMemory<byte>[keys.Count];
        await DocumentsAsync(
            server,
            snapshot,
            keys,
            isStretch: false,
            (place, document) => documents[place] = document.ToArray(),
            cancellationToken
        );
        return documents;
    }

    /// <summary>Fetches the documents of rows, which come in any order.</summary>
    /// <param name="isStretch">Whether they are all rows, by username, from the first to the last of them.</param>
    /// <param name="put">Takes each with its row's place among the keys.</param>
    public static async Task DocumentsAsync(
        ClickHouseServer server,
        Snapshot snapshot,
        IReadOnlyList<RowKey> keys,
        bool isStretch,
        Action<int, ReadOnlySpan<byte>> put,
        CancellationToken cancellationToken
    )
    {
        if (keys.Count == 0)
            return;
        Dictionary<(long, string, long), int> missing = new(keys.Count);
        for (var i = 0; i < keys.Count; i++)
            missing[NameOf(keys[i])] = i;
        var statement = SqlText
            .Of(
                $"select user_id, organization, change, document from {snapshot.Tables.AllDocuments} where {Where(keys, isStretch)}"
            )
            .ToStatement(snapshot.Dialect);
        await server.TakeAsync(statement, Take, cancellationToken);

        foreach (var (account, _, _) in missing.Keys)
        {
            throw new StoreDamagedException(
                $"The document of the row {account} is missing on the database server {server.Settings.Server}. "
                    + "A full run writes all rows anew."
            );
        }

        bool Take(ref RowBinaryReader row)
        {
            if (
                !row.TryTake(out long userId)
                || !row.TryTake(out ReadOnlySpan<byte> organization)
                || !row.TryTake(out long change)
                || !row.TryTake(out ReadOnlySpan<byte> document)
            )
                return false;
            if (missing.Remove((userId, Encoding.UTF8.GetString(organization), change), out var place))
                put(place, document);
            return true;
        }
    }

    /// <summary>Finds the documents of rows, and perhaps some beside them.</summary>
    private static SqlText Where(IReadOnlyList<RowKey> keys, bool isStretch)
    {
        IReadOnlyList<long> changes = [.. keys.Select(key => key.Change).Distinct()];
        if (isStretch)
            return SqlText.Of(
                $"username between {keys[0].Username} and {keys[^1].Username} and change in {SqlText.Value(changes)}"
            );
        IReadOnlyList<string> usernames = [.. keys.Select(key => key.Username).Distinct()];
        return SqlText.Of($"username in {SqlText.Value(usernames)} and change in {SqlText.Value(changes)}");
    }

    private static (long, string, long) NameOf(RowKey key) =>
        (key.UserId, ReportTables.OrganizationKey(key.OrganizationId), key.Change);
}
