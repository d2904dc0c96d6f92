using System.Data;
using System.Globalization;
using DuckDB.NET.Data;

namespace UserReports.Store.DuckDb.Generations;

/// <summary>Short forms for statements with positional parameters.</summary>
internal static class DuckDbCommands
{
    /// <summary>Numbers to stand within <c>in (…)</c>; of none, what nothing is equal to.</summary>
    public static string List(IReadOnlyCollection<long> numbers) =>
        numbers.Count == 0
            ? "null"
            : string.Join(",", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    public static DuckDBCommand Command(
        this DuckDBConnection connection,
        string sql,
        params IEnumerable<object?> parameters
    )
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in parameters)
            command.Parameters.Add(new DuckDBParameter(Plain(value) ?? DBNull.Value));
        return command;
    }

    public static int Execute(this DuckDBConnection connection, string sql, params IEnumerable<object?> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    public static T? Scalar<T>(this DuckDBConnection connection, string sql, params IEnumerable<object?> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteScalar() is T value ? value : default;
    }

    public static List<T> Rows<T>(
        this DuckDBConnection connection,
        string sql,
        Func<IDataRecord, T> read,
        params IEnumerable<object?> parameters
    )
    {
        using var command = connection.Command(sql, parameters);
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Timestamps of the store are UTC without a zone.</summary>
    public static DateTimeOffset? Instant(this IDataRecord row, int column) =>
        row.IsDBNull(column)
            ? null
            : new DateTimeOffset(DateTime.SpecifyKind(row.GetDateTime(column), DateTimeKind.Utc));

    private static object? Plain(object? value) =>
        value is DateTimeOffset instant ? DateTime.SpecifyKind(instant.UtcDateTime, DateTimeKind.Unspecified) : value;
}
