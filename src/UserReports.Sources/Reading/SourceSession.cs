using System.Data.Common;
using DuckDB.NET.Data;
using Npgsql;

namespace UserReports.Sources.Reading;

/// <summary>
/// A connection within one snapshot, for statements with positional parameters (<c>$1</c>) that both engines
/// understand.
/// </summary>
public sealed class SourceSession(DbConnection connection, bool isEmbedded)
{
    /// <summary>True for the embedded engine.</summary>
    public bool IsEmbedded => isEmbedded;

    /// <summary>Runs a statement and reads every row of its result.</summary>
    public async Task ReadAsync(
        string sql,
        Action<SourceRow> read,
        CancellationToken cancellationToken,
        params IReadOnlyList<object> parameters
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in parameters)
            command.Parameters.Add(isEmbedded ? new DuckDBParameter(value) : new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var row = new SourceRow(reader);
        while (await reader.ReadAsync(cancellationToken))
            read(row);
    }

    /// <summary>Runs a statement for its effect on this session alone.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A list as a parameter of this engine.</summary>
    public object List<T>(IEnumerable<T> values) => isEmbedded ? values.ToList() : values.ToArray();
}
