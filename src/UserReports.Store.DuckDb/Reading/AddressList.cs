using System.Buffers;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;

namespace UserReports.Store.DuckDb.Reading;

/// <summary>Addresses of documents as they come.</summary>
/// <param name="among">Those that are wanted, sorted; or null for all.</param>
/// <param name="capacity">How many there are, if that is known: the array is then never copied.</param>
internal sealed class AddressList(AddressList? among, long capacity)
{
    private readonly ArrayBufferWriter<long> written = new((int)Math.Max(capacity, 1024));

    public ReadOnlyMemory<long> Written => written.WrittenMemory;

    public void Add(long address)
    {
        if (among is not null && among.Written.Span.BinarySearch(address) < 0)
            return;
        written.GetSpan(1)[0] = address;
        written.Advance(1);
    }

    public void Sort() => MemoryMarshal.AsMemory(written.WrittenMemory).Span.Sort();

    /// <summary>Adds the first column of all rows.</summary>
    public AddressList AddRange(DuckDBDataReader reader)
    {
        while (reader.Read())
            Add(reader.GetInt64(0));
        return this;
    }
}
