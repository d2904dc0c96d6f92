using System.Data.Common;
using System.Numerics;
using System.Text;
using UserReports.Core.Reports;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.ClickHouse.Tables;
using UserReports.Store.Sql;

namespace UserReports.Store.ClickHouse.Reading;

/// <summary>A row's name, and the change that brought it.</summary>
internal readonly record struct RowKey(long UserId, string? OrganizationId, long Change);

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

    /// <summary>The first three columns of a page's statement.</summary>
    public static RowKey Key(DbDataReader row) =>
        new(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2));

    /// <summary>The documents of rows, in their order.</summary>
    public static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> DocumentsAsync(
        ClickHouseServer server,
        Snapshot snapshot,
        IReadOnlyList<RowKey> keys,
        CancellationToken cancellationToken
    )
    {
        if (keys.Count == 0)
            return [];
        IReadOnlyList<long> accounts = [.. keys.Select(key => key.UserId).Distinct()];
        IReadOnlyList<long> changes = [.. keys.Select(key => key.Change).Distinct()];
        var statement = SqlText
            .Of(
                $"select user_id, organization, change, document from {snapshot.Tables.AllDocuments} where user_id in {SqlText.Value(accounts)} and change in {SqlText.Value(changes)}"
            )
            .ToStatement(snapshot.Dialect);
        Dictionary<(long, string, long), byte[]> found = [];
        await foreach (
            var (key, document) in server.StreamAsync(
                statement,
                row =>
                    (
                        (row.GetInt64(0), Encoding.UTF8.GetString((byte[])row.GetValue(1)), row.GetInt64(2)),
                        (byte[])row.GetValue(3)
                    ),
                isLimited: true,
                cancellationToken,
                asBytes: true
            )
        )
            found[key] = document;
        return
        [
            .. keys.Select(key =>
                found.TryGetValue(
                    (key.UserId, ReportTables.OrganizationKey(key.OrganizationId), key.Change),
                    out var document
                )
                    ? (ReadOnlyMemory<byte>)document
                    : throw new StoreDamagedException(
                        $"The document of the row {key.UserId} is missing on the database server {server.Settings.Server}. "
                            + "A full run writes all rows anew."
                    )
            ),
        ];
    }
}
