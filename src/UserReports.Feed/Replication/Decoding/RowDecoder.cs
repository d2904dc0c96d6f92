using System.Globalization;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using UserReports.Feed.Replication.Servers;
using UserReports.Sources.Schema;

namespace UserReports.Feed.Replication.Decoding;

/// <summary>Reads of the stream's rows what names whom they touch; all other columns are passed over.</summary>
internal sealed class RowDecoder(IReadOnlyList<FollowedTable> tables)
{
    private const char KeySeparator = '\u001f';

    private readonly Dictionary<uint, Relation?> relations = [];

    /// <summary>The server says what rows of a table will look like.</summary>
    public void Describe(RelationMessage message, TransactionChanges changes)
    {
        var table = tables.FirstOrDefault(t => t.Number == message.RelationId);
        if (table is null)
        {
            if (!relations.ContainsKey(message.RelationId))
                changes.Run($"the publication tells of the table {message.RelationName}, which is not known");
            relations[message.RelationId] = null;
            return;
        }

        var columns = message.Columns.Select(column => column.ColumnName).ToList();
        var missing = table.Touch.Columns.Select(c => c.Column).Where(column => !columns.Contains(column)).ToList();
        if (missing.Count > 0)
            changes.Run($"rows of {table.Name} come without {string.Join(", ", missing.Distinct())}");
        relations[message.RelationId] = new(
            table,
            [
                .. message.Columns.Select(column => new Part(
                    column.Flags.HasFlag(RelationMessage.Column.ColumnFlags.PartOfKey)
                        && table.Key.Contains(column.ColumnName),
                    [.. table.Touch.Columns.Where(c => c.Column == column.ColumnName).Select(c => c.Touched)]
                )),
            ]
        );
    }

    public async ValueTask InsertAsync(InsertMessage message, TransactionChanges changes, CancellationToken token)
    {
        if (Of(message.Relation) is { } relation)
            Take(relation, await ReadAsync(relation, message.NewRow, token), changes, isNew: true);
    }

    public async ValueTask UpdateAsync(UpdateMessage message, TransactionChanges changes, CancellationToken token)
    {
        if (Of(message.Relation) is not { } relation)
            return;
        // The old row comes first, where there is one.
        var old = message switch
        {
            IndexUpdateMessage index => await ReadAsync(relation, index.Key, token),
            FullUpdateMessage full => await ReadAsync(relation, full.OldRow, token),
            _ => null,
        };
        if (old is not null)
            Take(relation, old, changes, isDeleted: message is IndexUpdateMessage);
        var row = message switch
        {
            IndexUpdateMessage index => index.NewRow,
            FullUpdateMessage full => full.NewRow,
            _ => message.NewRow,
        };
        Take(relation, await ReadAsync(relation, row, token), changes);
    }

    public async ValueTask DeleteAsync(DeleteMessage message, TransactionChanges changes, CancellationToken token)
    {
        if (Of(message.Relation) is not { } relation)
            return;
        var row = await ReadAsync(
            relation,
            message is FullDeleteMessage full ? full.OldRow : ((KeyDeleteMessage)message).Key,
            token
        );
        Take(relation, row, changes, isDeleted: true);
    }

    public void Truncate(TruncateMessage message, TransactionChanges changes)
    {
        foreach (var relation in message.Relations)
        {
            if (Of(relation) is not { Table: var table })
                continue;
            changes.Run($"the table {table.Name} was emptied");
            changes.Doubt(table);
        }
    }

    private Relation? Of(RelationMessage relation) => relations.GetValueOrDefault(relation.RelationId);

    private static void Take(
        Relation relation,
        Row row,
        TransactionChanges changes,
        bool isNew = false,
        bool isDeleted = false
    )
    {
        var touch = relation.Table.Touch;
        long? account = null;
        string? organization = null;
        foreach (var (touched, value) in row.Named)
        {
            if (touched == Touched.Organization)
            {
                organization = value;
                changes.Organization(value);
            }
            else if (!long.TryParse(value, CultureInfo.InvariantCulture, out var id))
            {
                changes.Run($"a row of {touch.Name} names an account that is no number");
            }
            else
            {
                account = id;
                if (touched == Touched.Owner)
                    changes.Owner(id);
                else
                    changes.Account(id);
            }
        }

        if (touch.TouchesEverybody)
            changes.Run($"a row of {touch.Name} changed, which may be anybody's");
        else if (touch.Way.Count == 0 && touch.Deletion != DeletedRow.Remembered)
            return;
        else if (relation.Table.KeyColumn is not null)
            changes.Key(relation.Table, row.Key, new(isNew, isDeleted, account, organization));
        else if (isDeleted || touch.Way.Count > 0)
            changes.Run($"a row of {touch.Name} changed, which has no key of one column to look it up by");
    }

    private static async ValueTask<Row> ReadAsync(Relation relation, ReplicationTuple tuple, CancellationToken token)
    {
        var row = new Row();
        var place = 0;
        await foreach (var value in tuple.WithCancellation(token))
        {
            var part = place < relation.Parts.Count ? relation.Parts[place] : default;
            place++;
            if (
                (!part.IsKey && part.Touched is not { Count: > 0 })
                || value.Kind is not (TupleDataKind.TextValue or TupleDataKind.BinaryValue)
            )
                continue;
            var text = await value.Get<string>(token);
            if (part.IsKey)
                row.Key = row.Key.Length == 0 ? text : row.Key + KeySeparator + text;
            foreach (var touched in part.Touched)
                row.Named.Add((touched, text));
        }

        return row;
    }

    /// <summary>What of a column matters.</summary>
    private readonly record struct Part(bool IsKey, IReadOnlyList<Touched> Touched);

    private sealed record Relation(FollowedTable Table, IReadOnlyList<Part> Parts);

    private sealed class Row
    {
        public string Key { get; set; } = "";

        public List<(Touched Touched, string Value)> Named { get; } = [];
    }
}
