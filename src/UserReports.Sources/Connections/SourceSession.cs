using System.Data.Common;
using DuckDB.NET.Data;
using Npgsql;
using NpgsqlTypes;
using UserReports.Sources.Load;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Connections;

/// <summary>
/// A connection within one snapshot, for statements with positional parameters (<c>$1</c>) that both engines
/// understand.
/// </summary>
/// <remarks>Statements without results that begin the transaction go with the first question, so they cost no wait.
/// </remarks>
public sealed class SourceSession
{
    private const string Closing = "commit";

    private readonly DbConnection connection;
    private readonly bool isEmbedded;
    private readonly SourceMeter meter;
    private IReadOnlyList<string> unsent;

    internal SourceSession(
        DbConnection connection,
        bool isEmbedded,
        IReadOnlyList<string> opening,
        SourceMeter meter
    ) => (this.connection, this.isEmbedded, unsent, this.meter) = (connection, isEmbedded, opening, meter);

    /// <summary>True for the embedded engine.</summary>
    public bool IsEmbedded => isEmbedded;

    /// <summary>Runs a statement and reads every row of its result.</summary>
    public Task ReadAsync(
        string sql,
        Action<SourceRow> read,
        CancellationToken cancellationToken,
        params IReadOnlyList<object> parameters
    ) => ReadAsync([new(sql, read, parameters)], cancellationToken);

    /// <summary>
    /// Runs statements one after the other and reads every row of their results. All are sent at once: a run asks so
    /// many small questions that it would spend much of its time waiting for answers.
    /// </summary>
    /// <param name="isLast">True ends the transaction with them, which saves a wait; nothing may follow.</param>
    public async Task ReadAsync(
        IReadOnlyList<SourceStatement> statements,
        CancellationToken cancellationToken,
        bool isLast = false
    )
    {
        if (statements.Count == 0)
            return;
        if (connection is NpgsqlConnection postgres)
        {
            await using var batch = Batch(postgres);
            foreach (var statement in statements)
                batch.BatchCommands.Add(CommandOf(statement));
            if (isLast)
                batch.BatchCommands.Add(new(Closing));
            meter.Sent();
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            foreach (var statement in statements)
            {
                await ReadRowsAsync(reader, statement, cancellationToken);
                await reader.NextResultAsync(cancellationToken);
            }

            return;
        }

        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement.Sql;
            foreach (var value in statement.Parameters)
                command.Parameters.Add(new DuckDBParameter(value));
            meter.Sent();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await ReadRowsAsync(reader, statement, cancellationToken);
        }
    }

    /// <summary>Runs a statement for its effect on this session alone.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        if (connection is NpgsqlConnection postgres)
        {
            await using var batch = Batch(postgres);
            batch.BatchCommands.Add(new(sql));
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return;
        }

        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>True if somebody else answers for the server: a pooler keeps its clients from knowing which.</summary>
    public async Task<bool> HasPoolerAsync(CancellationToken cancellationToken)
    {
        if (connection is not NpgsqlConnection postgres)
            return false;
        var backend = 0L;
        await ReadAsync(PoolerCheck.BackendOf, row => backend = row.Integer(0), cancellationToken);
        return backend != postgres.ProcessID;
    }

    /// <summary>A list as a parameter of this engine.</summary>
    public object List<T>(IEnumerable<T> values) => isEmbedded ? values.ToList() : values.ToArray();

    /// <summary>With what begins the transaction, unless it has been sent.</summary>
    private NpgsqlBatch Batch(NpgsqlConnection postgres)
    {
        var batch = new NpgsqlBatch(postgres);
        foreach (var statement in unsent)
            batch.BatchCommands.Add(new(statement));
        unsent = [];
        return batch;
    }

    private static NpgsqlBatchCommand CommandOf(SourceStatement statement)
    {
        var command = new NpgsqlBatchCommand(statement.Sql);
        foreach (var value in statement.Parameters)
            command.Parameters.Add(
                value is NpgsqlTid ? new() { Value = value, NpgsqlDbType = NpgsqlDbType.Tid } : new() { Value = value }
            );
        return command;
    }

    private async Task ReadRowsAsync(
        DbDataReader reader,
        SourceStatement statement,
        CancellationToken cancellationToken
    )
    {
        var row = new SourceRow(reader);
        var rows = 0L;
        for (; await reader.ReadAsync(cancellationToken); rows++)
            statement.Read(row);
        meter.Read(rows);
    }
}

/// <summary>A statement, what becomes of each row of its result, and the values of <c>$1</c> and so on.</summary>
public sealed record SourceStatement(string Sql, Action<SourceRow> Read, params IReadOnlyList<object> Parameters);
