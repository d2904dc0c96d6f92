using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Reading;

/// <summary>The memory of a sort of many rows.</summary>
public sealed class SortMemoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What such a sort took is asked back before the rows are read, within the transaction.</summary>
    [Fact]
    public async Task Export_SortedRowsAreMany_HoldsAllInTheirOrderAndLeavesTheStoreReadable()
    {
        const int Rows = 10_001;
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(Rows));
        var query = QueryCompiler.Compile("", "-username").Query!;

        List<string> names = [];
        await using (var export = await store.Store.Reader.ExportAsync(query, Token))
        {
            await foreach (var chunk in export.Chunks)
                names.AddRange(chunk.Select(UsernameOf));
        }

        Assert.Equal(Rows, names.Count);
        Assert.Equal(names.OrderDescending(StringComparer.Ordinal), names);
        Assert.Equal(Rows, (await store.Store.Reader.FindAsync(query, new(1), Token)).Count);
    }

    private static string UsernameOf(ReadOnlyMemory<byte> report)
    {
        using var json = JsonDocument.Parse(report);
        return json.RootElement.GetProperty("username").GetString()!;
    }
}
