using System.Data.Common;

namespace UserReports.Workspace;

/// <summary>Statements of one transaction, in words that both SQLite and PostgreSQL understand.</summary>
internal sealed class WorkspaceCommands(DbConnection connection, DbTransaction? transaction)
{
    /// <summary>Statements that are sent at once where the engine takes several.</summary>
    private const int SentAtOnce = 1_000;

    /// <summary>Executes a statement; its parameters are <c>@p0</c> and so on.</summary>
    public async Task<int> ExecuteAsync(
        string sql,
        CancellationToken cancellationToken,
        params IReadOnlyList<object?> values
    )
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Executes a statement once for each row of values.</summary>
    public async Task ExecuteEachAsync(
        string sql,
        IEnumerable<IReadOnlyList<object?>> rows,
        CancellationToken cancellationToken
    )
    {
        if (connection.CanCreateBatch)
            await SendAsync(sql, rows, cancellationToken);
        else
            await RepeatAsync(sql, rows, cancellationToken);
    }

    /// <summary>Every row of a question.</summary>
    public async Task<List<T>> ReadAsync<T>(
        string sql,
        Func<DbDataReader, T> read,
        CancellationToken cancellationToken,
        params IReadOnlyList<object?> values
    )
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>On a server each statement by itself would cost a way there and back.</summary>
    private async Task SendAsync(
        string sql,
        IEnumerable<IReadOnlyList<object?>> rows,
        CancellationToken cancellationToken
    )
    {
        foreach (var some in rows.Chunk(SentAtOnce))
        {
            await using var batch = connection.CreateBatch();
            batch.Transaction = transaction;
            foreach (var values in some)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = sql;
                Bind(command.Parameters, command.CreateParameter, values);
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task RepeatAsync(
        string sql,
        IEnumerable<IReadOnlyList<object?>> rows,
        CancellationToken cancellationToken
    )
    {
        DbCommand? command = null;
        try
        {
            foreach (var values in rows)
            {
                if (command is null)
                    command = Command(sql, values);
                else
                    for (var i = 0; i < values.Count; i++)
                        command.Parameters[i].Value = values[i] ?? DBNull.Value;
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
        finally
        {
            if (command is not null)
                await command.DisposeAsync();
        }
    }

    private DbCommand Command(string sql, IReadOnlyList<object?> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        Bind(command.Parameters, command.CreateParameter, values);
        return command;
    }

    private static void Bind(DbParameterCollection parameters, Func<DbParameter> create, IReadOnlyList<object?> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            var parameter = create();
            parameter.ParameterName = $"@p{i}";
            parameter.Value = values[i] ?? DBNull.Value;
            parameters.Add(parameter);
        }
    }
}
