using System.Text;
using DuckDB.NET.Native;
using UserReports.Store.DuckDb.Native;

namespace UserReports.Store.DuckDb.Orders;

/// <summary>Values as the database and as the contracts have them, and the keys that order as they do.</summary>
internal static class KeyValues
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    /// <summary>What a column of the database holds; null if nothing is ordered by that.</summary>
    public static KeyKind? KindOf(DuckDBType type) =>
        type switch
        {
            DuckDBType.Varchar => KeyKind.Text,
            DuckDBType.BigInt => KeyKind.Integer,
            DuckDBType.Double => KeyKind.Decimal,
            DuckDBType.Boolean => KeyKind.Boolean,
            DuckDBType.Timestamp => KeyKind.Instant,
            _ => null,
        };

    /// <summary>A number of a row, which is none of its texts and not null.</summary>
    public static long Number(VectorChunk rows, KeyKind kind, int column, int row) =>
        kind switch
        {
            KeyKind.Decimal => Of(rows.Double(column, row)),
            KeyKind.Boolean => rows.Boolean(column, row) ? 1 : 0,
            _ => rows.Int64(column, row),
        };

    public static KeyValue Read(VectorChunk rows, KeyKind kind, int column, int row) =>
        rows.IsNull(column, row) ? KeyValue.Null
        : kind == KeyKind.Text ? KeyValue.Of(rows.Text(column, row).ToArray())
        : KeyValue.Of(Number(rows, kind, column, row));

    /// <summary>The key of a value of a page's key; false if it is of another kind.</summary>
    public static bool TryKey(object? value, KeyKind kind, out KeyValue key)
    {
        key = (kind, value) switch
        {
            (_, null) => KeyValue.Null,
            (KeyKind.Text, string text) => KeyValue.Of(Encoding.UTF8.GetBytes(text)),
            (KeyKind.Integer, long number) => KeyValue.Of(number),
            (KeyKind.Decimal, double number) => KeyValue.Of(Of(number)),
            (KeyKind.Boolean, bool flag) => KeyValue.Of(flag ? 1 : 0),
            (KeyKind.Instant, DateTimeOffset instant) => KeyValue.Of(
                (instant.UtcTicks - DateTime.UnixEpoch.Ticks) / TicksPerMicrosecond
            ),
            _ => KeyValue.Null,
        };
        return value is null || !key.IsNull;
    }

    /// <summary>The value as the contracts have it.</summary>
    public static object? Value(KeyValue key, KeyKind kind) =>
        key.IsNull
            ? null
            : kind switch
            {
                KeyKind.Text => Encoding.UTF8.GetString(key.Text!),
                KeyKind.Decimal => Decimal(key.Number),
                KeyKind.Boolean => key.Number != 0,
                KeyKind.Instant => new DateTimeOffset(
                    DateTime.UnixEpoch.Ticks + (key.Number * TicksPerMicrosecond),
                    TimeSpan.Zero
                ),
                _ => key.Number,
            };

    /// <summary>The two zeros are equal, and what is no number comes last, as the database has it.</summary>
    private static long Of(double value)
    {
        if (double.IsNaN(value))
            return long.MaxValue;
        var bits = value == 0 ? 0 : BitConverter.DoubleToInt64Bits(value);
        return bits < 0 ? bits ^ long.MaxValue : bits;
    }

    private static double Decimal(long number) =>
        number == long.MaxValue
            ? double.NaN
            : BitConverter.Int64BitsToDouble(number < 0 ? number ^ long.MaxValue : number);
}
