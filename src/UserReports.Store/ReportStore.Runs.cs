using DuckDB.NET.Data;
using UserReports.Core.Reports;
using UserReports.Store.Generations;
using UserReports.Store.Runs;

namespace UserReports.Store;

/// <content>Runs and their ranges.</content>
public sealed partial class ReportStore
{
    /// <inheritdoc/>
    public Task<Run?> FindInProgressAsync(CancellationToken cancellationToken)
    {
        // Not in turn with the writers: whoever watches a run need not wait for its commits.
        if (EnterBuilding() is not { } generation)
            return Task.FromResult<Run?>(null);
        return Task.Run(
            () =>
            {
                try
                {
                    return ReadRun(generation) is { Status: RunStatus.InProgress } run ? run : null;
                }
                catch (StoreDamagedException e)
                {
                    Abandon(generation, e);
                    return null;
                }
                catch (DuckDBException e)
                {
                    throw NotRead(generation, e);
                }
                finally
                {
                    generation.Leave();
                }
            },
            CancellationToken.None
        );
    }

    /// <inheritdoc/>
    public Task<Run> StartAsync(
        IReadOnlyList<(AccountRange Range, long Accounts)> ranges,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            () =>
            {
                if (building is { } present)
                    return AtBuilding(present, () => TakeUp(present))!;

                // Never more than two generations on the disk: the one before the present makes room for the next.
                spare?.Discard();
                spare = null;
                var number = folder.NextGeneration(pointer.Generation);
                var generation = Generation.Open(
                    number,
                    folder.DatabasePath(number),
                    folder.DocumentsPath(number),
                    settings,
                    building: true
                );
                try
                {
                    Begin(generation, ranges);
                    building = generation;
                    return ReadRun(generation)!;
                }
                finally
                {
                    if (building != generation)
                        _ = generation.Retire();
                }
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClaimedRange>> ClaimAsync(
        Guid run,
        string ownerToken,
        int max,
        TimeSpan lease,
        CancellationToken cancellationToken
    )
    {
        // Not under the writer lock: workers go on reading while a commit is under way, which writes other rows than a
        // claim.
        await claiming.WaitAsync(cancellationToken);
        var generation = EnterBuilding();
        try
        {
            if (generation is null || AtBuilding(generation, () => ReadRun(generation))?.Uid != run)
                return [];
            using var use = generation.Connect(cancellationToken);
            var now = time.GetUtcNow();
            return use.Database.Rows(
                """
                update snapshot_range set status = 'claimed', owner_token = $1, lease_until = $2
                where first_id in (
                    select first_id from snapshot_range
                    where status = 'pending' or (status = 'claimed' and lease_until <= $3)
                    order by attempts, first_id limit $4)
                returning first_id, last_id, accounts, attempts
                """,
                row => new ClaimedRange(new(row.GetInt64(0), row.GetInt64(1)), row.GetInt64(2), row.GetInt32(3)),
                ownerToken,
                now + lease,
                now,
                max
            );
        }
        catch (DuckDBException e) when (StoreFault.Of(e) is { Kind: FaultKind.Conflict })
        {
            // Somebody else is writing just these ranges.
            return [];
        }
        catch (DuckDBException e)
        {
            throw NotWritten(generation, e);
        }
        finally
        {
            generation?.Leave();
            claiming.Release();
        }
    }

    /// <inheritdoc/>
    public Task<bool> HeartbeatAsync(
        Guid run,
        string ownerToken,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            () =>
            {
                if (BuildingOf(run) is not { } generation)
                    return false;
                using var use = generation.Connect();
                var connection = use.Database;
                var now = time.GetUtcNow();
                var held = connection.Execute(
                    """
                    update snapshot_range set lease_until = $1
                    where status = 'claimed' and owner_token = $2 and lease_until > $3
                    """,
                    now + lease,
                    ownerToken,
                    now
                );
                if (held > 0)
                    connection.Execute("update snapshot_run set heartbeat_at = $1", now);
                return held > 0;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<bool> CommitAsync(
        Guid run,
        string ownerToken,
        IReadOnlyList<ComputedRange> ranges,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            () =>
                BuildingOf(run) is { } generation
                && Transact(
                    generation,
                    connection =>
                    {
                        var now = time.GetUtcNow();
                        foreach (var range in ranges)
                        {
                            // The token and its lease are checked by the statement that marks the range: whoever
                            // lost it changes no row.
                            var mine = connection.Execute(
                                """
                                update snapshot_range set status = 'done', finished_at = $1, lease_until = null
                                where first_id = $2 and status = 'claimed' and owner_token = $3 and lease_until > $1
                                """,
                                now,
                                range.Range.FirstId,
                                ownerToken
                            );
                            if (mine != 1)
                                return false;
                        }

                        var rows = ranges.Sum(range => range.Reports.Count);
                        // Who stops the service does not wait for some ten thousand rows.
                        ReportWriter.Append(
                            connection,
                            generation,
                            ranges.Select(range => range.Reports),
                            cancellationToken
                        );
                        connection.Execute(
                            """
                            update snapshot_run set accounts_done = accounts_done + $1, rows_written = rows_written + $2,
                                ranges_done = ranges_done + $3, heartbeat_at = $4
                            """,
                            ranges.Sum(range => range.Accounts),
                            rows,
                            ranges.Count,
                            now
                        );
                        RunWarnings.Add(connection, [.. ranges.SelectMany(range => range.Warnings)]);
                        return true;
                    }
                ),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<bool> FailAsync(
        Guid run,
        string ownerToken,
        AccountRange range,
        string error,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            () =>
            {
                if (BuildingOf(run) is not { } generation)
                    return false;
                using var use = generation.Connect();
                var connection = use.Database;
                var mine = connection.Execute(
                    """
                    update snapshot_range set status = 'pending', owner_token = null, lease_until = null,
                        attempts = attempts + 1
                    where first_id = $1 and status = 'claimed' and owner_token = $2 and lease_until > $3
                    """,
                    range.FirstId,
                    ownerToken,
                    time.GetUtcNow()
                );
                if (mine == 1)
                    connection.Execute("update snapshot_run set last_error = $1", error);
                return mine == 1;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task ReleaseAsync(Guid run, string ownerToken, CancellationToken cancellationToken) =>
        WriteAsync(
            () =>
            {
                if (BuildingOf(run) is not { } generation)
                    return false;
                using var use = generation.Connect();
                var connection = use.Database;
                return connection.Execute(
                        """
                        update snapshot_range set status = 'pending', owner_token = null, lease_until = null
                        where status = 'claimed' and owner_token = $1
                        """,
                        ownerToken
                    ) > 0;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<bool> CompleteAsync(Guid run, string ownerToken, CancellationToken cancellationToken) =>
        WriteAsync(
            () =>
            {
                if (BuildingOf(run) is not { } generation || !IsDone(generation))
                    return false;
                ending = ReadRun(generation);
                try
                {
                    EndRun(generation);
                    Switch(generation);
                }
                catch
                {
                    ending = null;
                    throw;
                }

                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task AbortAsync(Guid run, string reason, CancellationToken cancellationToken) =>
        WriteAsync(
            () =>
            {
                if (BuildingOf(run) is not { } generation)
                    return false;
                var aborted = ReadRun(generation)! with
                {
                    Status = RunStatus.Aborted,
                    FinishedAt = time.GetUtcNow(),
                    LastError = reason,
                };
                pointer = pointer with { Runs = Remember(aborted) };
                folder.WritePointer(pointer);
                lock (switching)
                    building = null;
                _ = generation.Retire();
                return true;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Run>> ListAsync(CancellationToken cancellationToken)
    {
        // Between its end and the switch a run is neither in progress nor among those that have ended.
        var unfinished = await FindInProgressAsync(cancellationToken) ?? Volatile.Read(ref ending);
        var ended = pointer.Runs;
        return unfinished is null || ended.Any(run => run.Uid == unfinished.Uid) ? ended : [unfinished, .. ended];
    }

    /// <inheritdoc/>
    public async Task<Run?> FindAsync(Guid run, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(r => r.Uid == run);

    private void Begin(Generation generation, IReadOnlyList<(AccountRange Range, long Accounts)> ranges)
    {
        using var use = generation.Connect();
        use.Database.Execute("begin transaction");
        use.Database.Execute(
            "insert into snapshot_run values ($1, 'in_progress', $2, null, $3, 0, 0, $4, 0, null, null, 0)",
            Guid.NewGuid(),
            time.GetUtcNow(),
            ranges.Sum(range => range.Accounts),
            ranges.Count
        );
        foreach (var (range, accounts) in ranges)
        {
            use.Database.Execute(
                "insert into snapshot_range values ($1, $2, $3, 'pending', null, null, 0, null)",
                range.FirstId,
                range.LastId,
                accounts
            );
        }

        use.Database.Execute("commit");
    }

    /// <summary>A new start tries again what failed too often before.</summary>
    private static Run? TakeUp(Generation generation)
    {
        using (var use = generation.Connect())
            use.Database.Execute("update snapshot_range set attempts = 0 where status = 'pending' and attempts > 0");
        return ReadRun(generation);
    }

    private static Run? ReadRun(Generation generation)
    {
        using var use = generation.Connect();
        return ReadRun(use.Database);
    }

    private static Run? ReadRun(DuckDBConnection connection)
    {
        var warnings = connection.Rows(
            "select subject, problem from snapshot_warning order by rowid",
            row => new DataWarning(row.GetString(0), row.GetString(1))
        );
        return connection
            .Rows(
                """
                select uid, status, started_at, finished_at, accounts_total, accounts_done, rows_written, ranges_total,
                    ranges_done, heartbeat_at, last_error, warning_count
                from snapshot_run
                """,
                row => new Run(
                    row.GetGuid(0),
                    row.GetString(1) switch
                    {
                        "completed" => RunStatus.Completed,
                        "aborted" => RunStatus.Aborted,
                        _ => RunStatus.InProgress,
                    },
                    row.Instant(2)!.Value,
                    row.Instant(3),
                    row.GetInt64(4),
                    row.GetInt64(5),
                    row.GetInt64(6),
                    row.GetInt32(7),
                    row.GetInt32(8),
                    row.Instant(9),
                    row.IsDBNull(10) ? null : row.GetString(10),
                    row.GetInt64(11),
                    warnings
                )
            )
            .FirstOrDefault();
    }

    private void EndRun(Generation generation)
    {
        // The database writes out its log only while nobody else changes anything; claims do not wait for writers.
        claiming.Wait();
        try
        {
            // While the run is still in progress: what fails here, on a full disk, is tried again by the next start.
            generation.PrepareToBeRead(settings);
            using (var use = generation.Connect())
                use.Database.Execute(
                    "update snapshot_run set status = 'completed', finished_at = $1",
                    time.GetUtcNow()
                );
            generation.Settle();
        }
        finally
        {
            claiming.Release();
        }
    }

    private static bool IsDone(Generation generation)
    {
        using var use = generation.Connect();
        return use.Database.Scalar<bool>(
            """
            select not exists (select 1 from snapshot_range where status <> 'done')
                and not exists (select 1 from touched_account)
            """
        );
    }

    private Generation? BuildingOf(Guid run)
    {
        return building is { } generation && AtBuilding(generation, () => ReadRun(generation))?.Uid == run
            ? generation
            : null;
    }

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction that also keeps the generation's own figures; rolls everything
    /// back, the documents too, if it returns false or throws.
    /// </summary>
    private bool Transact(Generation generation, Func<DuckDBConnection, bool> work)
    {
        using var use = generation.Connect();
        var connection = use.Database;
        connection.Execute("begin transaction");
        var committed = false;
        var inDoubt = false;
        try
        {
            if (!work(connection))
                return false;
            generation.Documents.Flush();
            var rows = connection.Scalar<long>("select count(*) from reports");
            var documentBytes = generation.Documents.LengthBytes;
            var version = generation.Version + 1;
            connection.Execute(
                "update generation set document_bytes = $1, version = $2, rows = $3",
                documentBytes,
                version,
                rows
            );
            connection.Execute("commit");
            committed = true;
            failuresInARow = 0;
            generation.Committed(documentBytes, version, rows);
            return true;
        }
        catch (Exception e) when (e is DuckDBException or IOException)
        {
            inDoubt = true;
            throw NotWritten(generation, e);
        }
        finally
        {
            if (!committed && !inDoubt)
                generation.Documents.Rollback(generation.DocumentBytes);
        }
    }

    private async Task<T> WriteAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            // On the threads of whoever writes: a pass has its own.
            return await Task.Factory.StartNew(
                work,
                cancellationToken,
                TaskCreationOptions.DenyChildAttach,
                TaskScheduler.Current
            );
        }
        catch (Exception e) when (e is DuckDBException or IOException)
        {
            throw Distrust(e);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>What failed outside a transaction was about the run in progress.</summary>
    private StoreException Distrust(Exception e) => NotWritten(building, e);
}
