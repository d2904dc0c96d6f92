using DuckDB.NET.Native;

namespace UserReports.Store.DuckDb.Native;

/// <summary>Some thousand rows of a statement, a vector of each column; good until the next ones are read.</summary>
internal sealed unsafe class VectorChunk
{
    private const int InlineTextBytes = 12;

    private readonly Vector[] vectors;

    public VectorChunk(int columns) => vectors = new Vector[columns];

    /// <summary>Rows of this chunk.</summary>
    public int Rows { get; private set; }

    public bool IsNull(int column, int row) =>
        vectors[column].Validity != null && (vectors[column].Validity[row >> 6] & (1UL << (row & 63))) == 0;

    /// <summary>A whole number, or an instant as microseconds since 1970; what it is for a null means
    /// nothing.</summary>
    public long Int64(int column, int row) => ((long*)vectors[column].Values)[row];

    public double Double(int column, int row) => ((double*)vectors[column].Values)[row];

    public bool Boolean(int column, int row) => ((byte*)vectors[column].Values)[row] != 0;

    /// <summary>A text as UTF-8; not of a null.</summary>
    public ReadOnlySpan<byte> Text(int column, int row)
    {
        // Length and up to 12 bytes, or length, first 4 bytes and an address.
        var text = (byte*)vectors[column].Values + (row * 16L);
        var length = *(int*)text;
        return length <= InlineTextBytes ? new(text + sizeof(int), length) : new(*(byte**)(text + 8), length);
    }

    internal void Take(DuckDBDataChunk chunk)
    {
        Rows = (int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(chunk);
        for (var i = 0; i < vectors.Length; i++)
        {
            var vector = NativeMethods.DataChunks.DuckDBDataChunkGetVector(chunk, i);
            vectors[i] = new(
                (nint)NativeMethods.Vectors.DuckDBVectorGetData(vector),
                NativeMethods.Vectors.DuckDBVectorGetValidity(vector)
            );
        }
    }

    private readonly struct Vector(nint values, ulong* validity)
    {
        public readonly nint Values = values;
        public readonly ulong* Validity = validity;
    }
}
