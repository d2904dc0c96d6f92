using Npgsql.Replication.PgOutput.Messages;

namespace UserReports.Feed.Replication.Decoding;

/// <summary>Puts the stream's messages together to whole transactions.</summary>
/// <remarks>
/// Large transactions come in pieces while they are still open, so that the server need not keep them on its disk;
/// pieces of several may alternate. What a part of a transaction did that was undone is told all the same; only what is
/// remembered of keys must be read anew then.
/// </remarks>
internal sealed class TransactionAssembler(RowDecoder decoder, Func<int> namedMax)
{
    private readonly Dictionary<uint, TransactionChanges> open = [];
    private TransactionChanges? current;
    private uint number;

    /// <summary>Takes a message.</summary>
    /// <returns>The transaction that it ends, or null.</returns>
    public async ValueTask<CommittedTransaction?> TakeAsync(PgOutputReplicationMessage message, CancellationToken token)
    {
        switch (message)
        {
            case BeginMessage begin:
                number = begin.TransactionXid;
                current = new(namedMax());
                return null;
            case CommitMessage commit:
                return End(current!, number, commit.TransactionEndLsn, commit.TransactionCommitTimestamp);
            case StreamStartMessage start:
                number = start.TransactionXid;
                if (!open.TryGetValue(number, out current))
                    open[number] = current = new(namedMax());
                return null;
            case StreamStopMessage:
                current = null;
                return null;
            case StreamCommitMessage commit when open.Remove(commit.TransactionXid, out var whole):
                return End(whole, commit.TransactionXid, commit.TransactionEndLsn, commit.TransactionCommitTimestamp);
            case StreamAbortMessage abort:
                if (abort.SubtransactionXid == abort.TransactionXid)
                    open.Remove(abort.TransactionXid);
                else if (open.TryGetValue(abort.TransactionXid, out var rest))
                    rest.DoubtKeys();
                return null;
            case RelationMessage relation:
                decoder.Describe(relation, current ?? new(namedMax()));
                return null;
            case InsertMessage insert:
                await decoder.InsertAsync(insert, current!, token);
                return null;
            case UpdateMessage update:
                await decoder.UpdateAsync(update, current!, token);
                return null;
            case DeleteMessage delete:
                await decoder.DeleteAsync(delete, current!, token);
                return null;
            case TruncateMessage truncate:
                decoder.Truncate(truncate, current!);
                return null;
            default:
                return null;
        }
    }

    private CommittedTransaction End(
        TransactionChanges changes,
        uint transaction,
        NpgsqlTypes.NpgsqlLogSequenceNumber end,
        DateTime committed
    )
    {
        current = null;
        changes.Close();
        return new(changes, transaction, (ulong)end, new(DateTime.SpecifyKind(committed, DateTimeKind.Utc)));
    }
}

/// <summary>A transaction that is whole.</summary>
/// <param name="End">The log position behind it.</param>
internal sealed record CommittedTransaction(
    TransactionChanges Changes,
    uint Number,
    ulong End,
    DateTimeOffset Committed
)
{
    public TransactionMark Mark => new(End, Number, Committed.UtcTicks);
}
