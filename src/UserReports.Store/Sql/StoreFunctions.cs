using System.Buffers;
using System.Text;
using DuckDB.NET.Data;
using DuckDB.NET.Data.DataChunk.Reader;
using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.Sql;

/// <summary>What statements can call beyond the database's own functions. Null in, null out.</summary>
internal static class StoreFunctions
{
    /// <summary>Makes the functions known to a database, for all its connections.</summary>
    public static void Register(DuckDBConnection root)
    {
        root.RegisterScalarFunction<string, string>(
            "casefold",
            (inputs, output, count) =>
            {
                for (ulong row = 0; row < count; row++)
                {
                    if (inputs[0].IsValid(row))
                        output.WriteValue(CaseFolding.Fold(inputs[0].GetValue<string>(row)), row);
                    else
                        output.WriteNull(row);
                }
            }
        );
        root.RegisterScalarFunction<byte[], string, bool>(
            "list_matches",
            (inputs, output, count) =>
            {
                var json = new ArrayBufferWriter<byte>();
                for (ulong row = 0; row < count; row++)
                {
                    if (TryReadList(inputs[0], row, json))
                        output.WriteValue(
                            ListPredicate.Matches(json.WrittenMemory, inputs[1].GetValue<string>(row)),
                            row
                        );
                    else
                        output.WriteNull(row);
                }
            }
        );
        root.RegisterScalarFunction<byte[], string>(
            "list_json",
            (inputs, output, count) =>
            {
                var json = new ArrayBufferWriter<byte>();
                for (ulong row = 0; row < count; row++)
                {
                    if (TryReadList(inputs[0], row, json))
                        output.WriteValue(Encoding.UTF8.GetString(json.WrittenSpan), row);
                    else
                        output.WriteNull(row);
                }
            }
        );
    }

    /// <summary>A list of the table as JSON, which replaces what was read before.</summary>
    /// <returns>False if it is null.</returns>
    /// <exception cref="InvalidDataException">It was not written by this version.</exception>
    private static bool TryReadList(IDuckDBDataReader column, ulong row, ArrayBufferWriter<byte> json)
    {
        if (!column.IsValid(row))
            return false;
        using var stream = column.GetValue<Stream>(row);
        var written = ArrayPool<byte>.Shared.Rent((int)stream.Length);
        try
        {
            var bytes = written.AsSpan(0, (int)stream.Length);
            stream.ReadExactly(bytes);
            json.ResetWrittenCount();
            return ReportJson.TryExpand(bytes, json)
                ? true
                : throw new InvalidDataException("A list of the store has codes that this version does not know.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(written);
        }
    }
}
