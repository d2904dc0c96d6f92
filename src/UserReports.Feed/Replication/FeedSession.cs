using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using UserReports.Feed.Replication.Decoding;
using UserReports.Feed.Replication.Servers;
using UserReports.Sources;

namespace UserReports.Feed.Replication;

/// <summary>One stream from the slot, until it breaks or what is followed is altered.</summary>
internal sealed class FeedSession : IAsyncDisposable
{
    /// <summary>How often a batch comes if nothing changes.</summary>
    private static readonly TimeSpan EmptyEvery = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan HiddenPause = TimeSpan.FromMilliseconds(5);

    private readonly FeedParts parts;
    private readonly LogicalReplicationConnection connection;
    private readonly FeedStart start;
    private readonly FeedProgress progress;
    private readonly TransactionAssembler assembler;
    private readonly IAsyncEnumerator<PgOutputReplicationMessage> messages;
    private readonly CancellationTokenSource stop = new();
    private readonly Queue<(ChangeBatch Batch, KeyChanges Keys, ulong Lsn)> unconfirmed = [];
    private readonly HashSet<uint> gathered = [];
    private readonly SemaphoreSlim turn = new(1);

    private Task<bool>? pending;
    private Task? look;
    private TransactionChanges changes;
    private DateTimeOffset? firstCommit;
    private TransactionMark last;
    private ulong gatheredEnd;
    private long gatheredSince;
    private long toldAt;
    private bool isFirst = true;
    private bool isDisposed;

    /// <param name="connection">Open; closed with the session.</param>
    public FeedSession(FeedParts parts, LogicalReplicationConnection connection, FeedStart start)
    {
        (this.parts, this.connection, this.start) = (parts, connection, start);
        progress = new(start.Position.Lsn, start.Position.SeenUpTo);
        last = start.Position.Last;
        assembler = new(new(start.Tables), parts.Settings.NamedMax);
        changes = new(parts.Settings.NamedMax());
        connection.WalReceiverStatusInterval = TimeSpan.FromSeconds(5);
        var streams = parts.Server.Version >= 14;
        messages = connection
            .StartReplication(
                new PgOutputReplicationSlot(parts.Settings.Slot),
                new PgOutputReplicationOptions(
                    start.Publications,
                    streams ? PgOutputProtocolVersion.V2 : PgOutputProtocolVersion.V1,
                    binary: null,
                    streams ? PgOutputStreamingMode.On : null
                ),
                stop.Token
            )
            .GetAsyncEnumerator(CancellationToken.None);
    }

    private ReplicationSettings Settings => parts.Settings;

    /// <summary>The next batch.</summary>
    /// <returns>Null if what is followed was altered, so that another session must begin.</returns>
    /// <exception cref="FeedLostException">It cannot go on.</exception>
    /// <exception cref="SourceException">It can, from the last confirmed batch, once the database answers.</exception>
    public async Task<ChangeBatch?> NextAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            parts.Watch.ThrowIfOver();
            if (isFirst)
            {
                isFirst = false;
                foreach (var reason in start.RunReasons)
                    changes.Run(reason);
                return await TellAsync(cancellationToken);
            }

            while (!IsDue())
            {
                parts.Watch.ThrowIfOver();
                if (parts.Watch.Last is { } seen && seen.Design != start.Position.Design && seen.Time > start.LookedAt)
                    return null;
                await StepAsync(cancellationToken);
            }

            return await TellAsync(cancellationToken);
        }
        catch (Exception e) when (ReplicationFaults.IsOfTheServer(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            parts.Watch.ThrowIfLost();
            throw ReplicationFaults.OfStream(Settings, e);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Closes the stream, once nobody waits for a batch.</summary>
    public async Task CloseAsync()
    {
        await turn.WaitAsync();
        try
        {
            await DisposeAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The batch is written down: keeps what it says of keys, and tells the server.</summary>
    public async Task ConfirmAsync(ChangeBatch batch, CancellationToken cancellationToken)
    {
        if (!unconfirmed.Any(waiting => ReferenceEquals(waiting.Batch, batch)))
            return;
        while (unconfirmed.TryPeek(out var oldest))
        {
            await parts.Memory.KeepAsync(oldest.Keys, cancellationToken);
            foreach (var table in oldest.Keys.Refill)
                await parts.Memory.FillAsync(table, cancellationToken);
            unconfirmed.Dequeue();
            connection.SetReplicationStatus(new(oldest.Lsn));
            if (ReferenceEquals(oldest.Batch, batch))
                break;
        }

        try
        {
            await connection.SendStatusUpdate(cancellationToken);
        }
        catch (Exception e) when (e is InvalidOperationException || ReplicationFaults.IsOfTheServer(e))
        {
            // The stream has broken, or is closed; it will tell again what was not confirmed.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        await stop.CancelAsync();
        try
        {
            if (pending is not null)
                await pending;
            await messages.DisposeAsync();
        }
        catch (Exception e) when (e is OperationCanceledException || ReplicationFaults.IsOfTheServer(e))
        {
            // It was broken off.
        }

        await connection.DisposeAsync();
        stop.Dispose();
    }

    private bool IsDue() =>
        changes.IsEmpty
            ? parts.Time.GetElapsedTime(toldAt) >= EmptyEvery
            : parts.Time.GetElapsedTime(gatheredSince) >= Settings.Gather || changes.IsOverflown;

    /// <summary>Takes a message, or waits for one, for a look at the server, or for the end of gathering.</summary>
    private async Task StepAsync(CancellationToken cancellationToken)
    {
        pending ??= messages.MoveNextAsync().AsTask();
        look ??= parts.Watch.Next;
        if (!pending.IsCompleted)
        {
            if (changes.IsEmpty)
                await Task.WhenAny(pending, look).WaitAsync(cancellationToken);
            else
                await Task.WhenAny(pending, look, Task.Delay(Settings.Gather, parts.Time, cancellationToken));
        }

        if (pending.IsCompleted)
        {
            var hasMore = await pending;
            pending = null;
            if (!hasMore)
                throw new SourceException($"The stream of the {Settings.Database} feed has ended.", isTransient: true);
            await TakeAsync(messages.Current, cancellationToken);
            return;
        }

        var position = (ulong)connection.LastReceivedLsn;
        if (!look.IsCompleted)
        {
            progress.Wait(position);
            return;
        }

        look = null;
        if (parts.Watch.Last is { } seen)
            progress.Look(seen.Lsn, seen.Time, position);
    }

    private async Task TakeAsync(PgOutputReplicationMessage message, CancellationToken cancellationToken)
    {
        var position = (ulong)message.WalEnd;
        var transaction = await assembler.TakeAsync(message, cancellationToken);
        progress.Read(transaction is null ? position : Math.Max(position, transaction.End));
        if (transaction is null)
            return;
        last = transaction.Mark;
        start.Expected.See(last, Settings);
        if (transaction.Changes.IsEmpty)
            return;
        if (changes.IsEmpty)
        {
            gatheredSince = parts.Time.GetTimestamp();
            firstCommit = transaction.Committed;
        }

        changes.Add(transaction.Changes);
        gathered.Add(transaction.Number);
        gatheredEnd = transaction.End;
    }

    private async Task<ChangeBatch> TellAsync(CancellationToken cancellationToken)
    {
        // A transaction's end may be logged before others see it, and who reads then reads what was before.
        while (gathered.Count > 0 && await parts.Server.HidesAsync(gathered, cancellationToken))
        {
            parts.Watch.ThrowIfLost();
            await Task.Delay(HiddenPause, parts.Time, cancellationToken);
        }

        var resolved = await parts.Resolver.ResolveAsync(changes, start.Tables, cancellationToken);
        var batch = new ChangeBatch
        {
            Position = (
                start.Position with
                {
                    Lsn = progress.Safe,
                    SeenUpTo = progress.SeenUpTo,
                    Last = last,
                }
            ).ToString(),
            SeenUpTo = progress.SeenUpTo,
            FirstCommit = firstCommit,
            // What is not told by a transaction, such as that a feed begins, is readable from here on.
            Lsn = gatheredEnd == 0 ? progress.Safe : gatheredEnd,
            Accounts = resolved.Accounts,
            Owners = resolved.Owners,
            Organizations = resolved.Organizations,
            RunReason = resolved.RunReason,
        };
        parts.Memory.Take(resolved.Keys);
        unconfirmed.Enqueue((batch, resolved.Keys, progress.Safe));
        changes = new(Settings.NamedMax());
        gathered.Clear();
        (firstCommit, gatheredEnd) = (null, 0);
        toldAt = parts.Time.GetTimestamp();
        return batch;
    }
}
