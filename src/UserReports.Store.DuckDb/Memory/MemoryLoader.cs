using DuckDB.NET.Native;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Changes;
using UserReports.Store.DuckDb.Dialect;
using UserReports.Store.DuckDb.Exact;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Native;
using UserReports.Store.DuckDb.Orders;
using UserReports.Store.Sql;

namespace UserReports.Store.DuckDb.Memory;

/// <summary>Reads what is kept of a generation in memory, whole columns at a time.</summary>
internal static class MemoryLoader
{
    /// <summary>The base and what has changed since; nothing is written to the generation meanwhile.</summary>
    public static GenerationMemory Load(Generation generation, CancellationToken cancellationToken)
    {
        using var use = generation.Connect(cancellationToken);
        var database = use.Database;
        database.Execute("begin transaction");
        var figures = GenerationDatabase.ReadFigures(database);
        var size = database.Scalar<long?>("select max(rowid) + 1 from reports") ?? 0;
        if (size > Array.MaxLength)
            throw new InsufficientMemoryException("There are more reports than can be kept in memory.");
        var documents = new long[size];
        var userIds = new long[size];
        var organizationIds = new PackedTexts((int)size);
        Array.Fill(userIds, BaseRows.NoRow);
        Read(
            SqlText.Constant("select rowid, document, user_id, organization_id from reports"),
            chunk =>
            {
                for (var row = 0; row < chunk.Rows; row++)
                {
                    var ordinal = (int)chunk.Int64(0, row);
                    documents[ordinal] = chunk.Int64(1, row);
                    userIds[ordinal] = chunk.Int64(2, row);
                    if (!chunk.IsNull(3, row))
                        organizationIds.Add(ordinal, chunk.Text(3, row));
                }
            }
        );
        organizationIds.Finish();
        for (var i = 1; i < documents.Length; i++)
            documents[i] = Math.Max(documents[i], documents[i - 1]);
        var rows = new BaseRows(documents, userIds, organizationIds);

        List<int> replaced = [];
        Read(
            SqlText.Constant("select document from replaced_rows"),
            chunk =>
            {
                for (var row = 0; row < chunk.Rows; row++)
                    replaced.Add(rows.OrdinalOf(chunk.Int64(0, row)));
            }
        );
        List<ChangedRow> changed = [];
        Read(
            SqlText.Constant("select document, user_id, organization_id from changed_reports order by document"),
            chunk =>
            {
                for (var row = 0; row < chunk.Rows; row++)
                    changed.Add(
                        new(
                            changed.Count,
                            chunk.Int64(1, row),
                            chunk.IsNull(2, row) ? null : chunk.Text(2, row).ToArray(),
                            chunk.Int64(0, row),
                            figures.Version
                        )
                    );
            }
        );
        return new(rows, new(new(figures.Version, figures.Rows, changed.Count, replaced.Count), changed, replaced));

        void Read(SqlText statement, Action<VectorChunk> take) =>
            VectorReader.Read(database, statement.ToStatement(DuckDbDialect.Base), _ => take, cancellationToken);
    }

    /// <summary>The values of a path in the base; null if nothing in memory is ordered by what they are.</summary>
    public static KeyColumn? Column(
        Generation generation,
        BaseRows rows,
        FieldPath path,
        CancellationToken cancellationToken
    )
    {
        KeyKind? kind = null;
        PackedTexts? texts = null;
        long[] numbers = [];
        ulong[] nulls = [];
        using var use = generation.Connect(cancellationToken);
        VectorReader.Read(
            use.Database,
            SqlText
                .Of($"select rowid, {DuckDbStatements.Base.KeyOf(path)} from {DuckDbDialect.Base.Table}")
                .ToStatement(DuckDbDialect.Base),
            Begin,
            cancellationToken
        );
        if (kind is null)
            return null;
        texts?.Finish();
        return texts is null ? new(kind.Value, numbers, nulls) : new(texts);

        Action<VectorChunk> Begin(IReadOnlyList<DuckDBType> types)
        {
            kind = KeyValues.KindOf(types[1]);
            if (kind is not { } known)
                return _ => { };
            if (known == KeyKind.Text)
            {
                texts = new(rows.Size);
                return chunk => TakeTexts(chunk, texts);
            }

            numbers = new long[rows.Size];
            nulls = new ulong[(rows.Size + 63) / 64];
            return chunk => TakeNumbers(chunk, known, numbers, nulls);
        }
    }

    /// <summary>An index of the base.</summary>
    public static ExactIndex Index(
        Generation generation,
        BaseRows rows,
        ExactField field,
        CancellationToken cancellationToken
    )
    {
        var entries = new ulong[rows.Count];
        var used = 0;
        using var use = generation.Connect(cancellationToken);
        VectorReader.Read(
            use.Database,
            SqlText.Of($"select rowid, {field.Column} from {DuckDbDialect.Base.Table}").ToStatement(DuckDbDialect.Base),
            _ =>
                chunk =>
                {
                    for (var row = 0; row < chunk.Rows; row++)
                    {
                        if (!chunk.IsNull(1, row))
                            entries[used++] = ExactIndex.Entry(chunk.Text(1, row), (int)chunk.Int64(0, row));
                    }
                },
            cancellationToken
        );
        Array.Resize(ref entries, used);
        return new(entries);
    }

    private static void TakeTexts(VectorChunk chunk, PackedTexts texts)
    {
        for (var row = 0; row < chunk.Rows; row++)
        {
            if (!chunk.IsNull(1, row))
                texts.Add((int)chunk.Int64(0, row), chunk.Text(1, row));
        }
    }

    private static void TakeNumbers(VectorChunk chunk, KeyKind kind, long[] numbers, ulong[] nulls)
    {
        for (var row = 0; row < chunk.Rows; row++)
        {
            var ordinal = (int)chunk.Int64(0, row);
            if (chunk.IsNull(1, row))
                nulls[ordinal >> 6] |= 1UL << (ordinal & 63);
            else
                numbers[ordinal] = KeyValues.Number(chunk, kind, 1, row);
        }
    }
}
