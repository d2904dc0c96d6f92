using DuckDB.NET.Data;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Changes;
using UserReports.Store.DuckDb.Documents;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Memory;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Runs;

/// <summary>
/// Replaces accounts' rows in what readers see: names the rows of the base that are no more, and writes the new ones
/// beside it, in one transaction.
/// </summary>
internal static class AccountReplacement
{
    /// <param name="rewriteFrom"><see cref="StoreSettings.RewriteFrom"/>.</param>
    public static void Replace(
        WriteQueue writes,
        MemoryKeeper memories,
        Generation generation,
        IReadOnlyCollection<long> accountIds,
        IReadOnlyList<Report> reports,
        int rewriteFrom
    )
    {
        using var batch = ReportBatch.Of(reports);
        lock (generation.Changing)
        {
            var memory = memories.Loaded(generation);
            var changes = memory.Changes;
            List<int> replaced = [];
            List<ChangedRow> removed = [];
            foreach (var account in accountIds.Distinct())
            {
                foreach (var ordinal in memory.Base.OfAccount(account))
                {
                    if (!changes.IsReplaced(ordinal, long.MaxValue))
                        replaced.Add(ordinal);
                }

                removed.AddRange(changes.OfAccount(account));
            }

            Write(
                writes,
                generation,
                memory,
                connection =>
                {
                    if (replaced.Count > 0)
                        connection.Execute(
                            $"insert into replaced_rows select unnest([{DuckDbCommands.List([.. replaced.Select(memory.Base.Document)])}]::bigint[])"
                        );
                    if (removed.Count > 0)
                        connection.Execute(
                            $"delete from {ChangeTables.Changed} where document in ({DuckDbCommands.List([.. removed.Select(row => row.Document)])})"
                        );
                    var from = DocumentFile.AddressOf(generation.Documents.LengthBytes);
                    if (batch.Count > 0)
                        ReportAppender.Append(
                            connection,
                            ChangeTables.Changed,
                            generation.Documents,
                            [batch],
                            CancellationToken.None
                        );
                    var version = changes.Published.Number + 1;
                    var added = ChangedRowReader.Read(connection, memory, from, batch.Count, version);
                    return changes.Prepare(replaced, removed, added);
                }
            );
            if (changes.Dead > Math.Max(rewriteFrom, changes.Published.Changed))
                Compact(writes, generation, memory);
        }

        memories.Advance(generation);
    }

    /// <summary>Bytes of documents that the run wrote.</summary>
    public static long BaseBytes(GenerationMemory memory) => DocumentFile.OffsetOf(memory.Base.LastDocument);

    /// <summary>Bytes of documents that were written since.</summary>
    public static long GrowthBytes(Generation generation, GenerationMemory memory) =>
        generation.Figures.DocumentBytes - BaseBytes(memory);

    private static void Compact(WriteQueue writes, Generation generation, GenerationMemory memory)
    {
        memory.ForgetDead();
        Write(
            writes,
            generation,
            memory,
            connection =>
            {
                ChangeTables.Rewrite(connection);
                return memory.Changes.Prepare([], [], []);
            }
        );
    }

    private static void Write(
        WriteQueue writes,
        Generation generation,
        GenerationMemory memory,
        Func<DuckDBConnection, RowVersion> work
    )
    {
        RowVersion? next = null;
        try
        {
            writes.Transact(
                generation,
                connection =>
                {
                    next = work(connection);
                    return new RowCounts(next.Rows, next.Changed, next.Replaced);
                }
            );
        }
        catch
        {
            // Whether it is committed is known to the database's log alone.
            generation.Memory = null;
            throw;
        }

        memory.Changes.Publish(next!);
    }
}
