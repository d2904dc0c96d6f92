using System.Buffers;
using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;
using DuckDB.NET.Data.DataChunk.Reader;
using DuckDB.NET.Data.DataChunk.Writer;
using UserReports.Core.Documents;
using UserReports.Core.Query.Values;
using UserReports.Store.History;

namespace UserReports.Store.DuckDb.Lists;

/// <summary>What statements can call beyond the database's own functions. Null in, null out.</summary>
public static class StoreFunctions
{
    /// <summary>Makes the functions known to a database, for all its connections.</summary>
    /// <param name="lists">Where the conditions of its statements are registered.</param>
    /// <param name="listsAreText">Whether lists are JSON as it is, and not in the form of the store.</param>
    public static void Register(DuckDBConnection root, ListConditions lists, bool listsAreText = false)
    {
        root.RegisterScalarFunction<string, string>(
            "casefold",
            (inputs, output, count) =>
                Map(inputs[0], output, count, row => CaseFolding.Fold(inputs[0].GetValue<string>(row)))
        );
        root.RegisterScalarFunction<string, long, bool>(
            "json_matches",
            (inputs, output, count) => MatchTexts(lists, inputs, output, count)
        );
        root.RegisterScalarFunction<string, string, string>("value_at_way", FindValues);
        if (listsAreText)
        {
            root.RegisterScalarFunction<string, long, bool>(
                "list_matches",
                (inputs, output, count) => MatchTexts(lists, inputs, output, count)
            );
            root.RegisterScalarFunction<string, string>(
                "list_json",
                (inputs, output, count) => Map(inputs[0], output, count, row => inputs[0].GetValue<string>(row))
            );
            return;
        }

        root.RegisterScalarFunction<byte[], long, bool>(
            "list_matches",
            (inputs, output, count) =>
            {
                var json = new ArrayBufferWriter<byte>();
                Map(
                    inputs[0],
                    output,
                    count,
                    row => lists.Find(inputs[1].GetValue<long>(row)).Matches(Read(inputs[0], row, json))
                );
            }
        );
        root.RegisterScalarFunction<byte[], string>(
            "list_json",
            (inputs, output, count) =>
            {
                var json = new ArrayBufferWriter<byte>();
                Map(inputs[0], output, count, row => Encoding.UTF8.GetString(Read(inputs[0], row, json).Span));
            }
        );
    }

    /// <summary>What stands in JSON at the end of a way, which is a list of its steps.</summary>
    private static void FindValues(IReadOnlyList<IDuckDBDataReader> inputs, IDuckDBDataWriter output, ulong count)
    {
        // Nearly always one way for all rows.
        var (written, way) = ("", new JsonWay([]));
        for (ulong row = 0; row < count; row++)
        {
            if (!inputs[0].IsValid(row))
            {
                output.WriteNull(row);
                continue;
            }

            if (inputs[1].GetValue<string>(row) is var steps && steps != written)
                (written, way) = (steps, new(JsonSerializer.Deserialize<string?[]>(steps)!));
            if (way.Find(inputs[0].GetValue<string>(row)) is { } found)
                output.WriteValue(found, row);
            else
                output.WriteNull(row);
        }
    }

    private static void MatchTexts(
        ListConditions lists,
        IReadOnlyList<IDuckDBDataReader> inputs,
        IDuckDBDataWriter output,
        ulong count
    ) =>
        Map(
            inputs[0],
            output,
            count,
            row => lists.Find(inputs[1].GetValue<long>(row)).Matches(inputs[0].GetValue<string>(row))
        );

    private static void Map<T>(IDuckDBDataReader input, IDuckDBDataWriter output, ulong count, Func<ulong, T> valueOf)
    {
        for (ulong row = 0; row < count; row++)
        {
            if (input.IsValid(row))
                output.WriteValue(valueOf(row), row);
            else
                output.WriteNull(row);
        }
    }

    /// <summary>A list of the table as JSON; good until the next one is read into the same memory.</summary>
    /// <exception cref="InvalidDataException">It was not written by this version.</exception>
    private static ReadOnlyMemory<byte> Read(IDuckDBDataReader column, ulong row, ArrayBufferWriter<byte> json)
    {
        using var stream = column.GetValue<Stream>(row);
        var written = ArrayPool<byte>.Shared.Rent((int)stream.Length);
        try
        {
            var bytes = written.AsSpan(0, (int)stream.Length);
            stream.ReadExactly(bytes);
            json.ResetWrittenCount();
            return ReportJson.TryExpand(bytes, json)
                ? json.WrittenMemory
                : throw new InvalidDataException("A list of the store has codes that this version does not know.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(written);
        }
    }
}
