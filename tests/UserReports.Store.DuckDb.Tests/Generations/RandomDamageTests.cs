using System.Text;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Generations;

/// <summary>
/// Any file of the store, damaged anywhere in any way: the store opens, serves nothing that was never written, and the
/// next run makes it whole.
/// </summary>
public sealed class RandomDamageTests
{
    private const int RowsBefore = 40;
    private const int RowsNow = 300;

    /// <summary>How often each file is damaged; a setting of the environment for longer searches.</summary>
    private static readonly int Rounds = Chance.Count(2, 60, "USERREPORTS_TEST_DAMAGES");

    private static readonly string[] Orderings = ["username", "-date_joined", "email", "organization__name"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Category", "Random")]
    [InlineData("reports.g000002.duckdb")]
    [InlineData("reports.g000002.documents")]
    [InlineData("reports.current.json")]
    [InlineData("reports.lock")]
    [InlineData("reports.g000003.duckdb")]
    [InlineData("reports.g000003.duckdb.wal")]
    [InlineData("reports.g000003.documents")]
    public async Task Open_FileIsDamagedSomewhere_ServesWhatWasWrittenAndTheNextRunMakesItWhole(string name)
    {
        await using var whole = await TemporaryStore.WithAsync(SampleReports.Make(RowsBefore, seed: 1));
        await whole.RunAsync(SampleReports.Make(RowsNow, seed: 2));
        // What is damaged of a run in progress is no loss to readers, and the run begins anew.
        var isOfARun = name.Contains("g000003", StringComparison.Ordinal);
        if (isOfARun)
            await BeginARunAsync(whole.Store);
        var written = (await DocumentsAsync(whole.Store)).ToHashSet(StringComparer.Ordinal);
        await whole.Store.DisposeAsync();
        // A run that was killed leaves its log behind; one that was closed does not.
        if (!File.Exists(Path.Combine(whole.Folder, name)))
            await File.WriteAllBytesAsync(Path.Combine(whole.Folder, name), new byte[200], Token);

        for (var round = 0; round < Rounds; round++)
        {
            await using var store = TemporaryStore.CopyOf(whole.Folder);
            var random = new Random(unchecked(Chance.Seed + round));
            var how = $"{Chance.Told}, round {round}: {Damage(Path.Combine(store.Folder, name), random)}";
            store.Open();
            var rows = store.Store.Reader.Snapshot?.Rows;
            Assert.True(rows is RowsNow or RowsBefore, $"{how}: {rows} rows");
            if (rows == RowsNow)
                await AssertServedIsWrittenAsync(store.Store, written, how);
            else
                Assert.False(isOfARun, how);

            // The run that was in progress goes on if its files can be read; what they lost is found by the next.
            await EndTheRunAsync(store.Store);
            await store.RunAsync(SampleReports.Make(20, seed: 3));
            Assert.True((await DocumentsAsync(store.Store)).Count == 20, how);
        }
    }

    private static async Task EndTheRunAsync(DuckDbStore store)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            if (await store.Runs.FindInProgressAsync(Token) is not { } run)
                return;
            try
            {
                while (await store.Runs.ClaimAsync(run.Uid, "next", 1, TimeSpan.FromMinutes(1), Token) is [var claimed])
                    await store.Writer.CommitAsync(
                        run.Uid,
                        "next",
                        [store.Writer.Pack(claimed.Range, claimed.Accounts, [])],
                        Token
                    );
                Assert.True(await store.Writer.CompleteAsync(run.Uid, "next", Token));
            }
            catch (StoreUnavailableException e)
            {
                Assert.StartsWith("The store could not be written: ", e.Message, StringComparison.Ordinal);
            }
        }

        Assert.Null(await store.Runs.FindInProgressAsync(Token));
    }

    private static async Task BeginARunAsync(DuckDbStore store)
    {
        AccountRange[] ranges = [new(0, 500), new(501, long.MaxValue)];
        var run = await store.Runs.StartAsync([.. ranges.Select(range => (range, 100L))], Token);
        await store.Runs.ClaimAsync(run.Uid, "killed", 2, TimeSpan.FromMinutes(1), Token);
        Assert.True(
            await store.Writer.CommitAsync(
                run.Uid,
                "killed",
                [store.Writer.Pack(ranges[0], 100, SampleReports.Make(100))],
                Token
            )
        );
    }

    private static async Task AssertServedIsWrittenAsync(DuckDbStore store, HashSet<string> written, string how)
    {
        foreach (var ordering in Orderings)
        {
            try
            {
                var query = QueryCompiler.Compile("", ordering).Query!;
                var page = await store.Reader.FindAsync(query, new(RowsNow), Token);
                Assert.True(page.Documents.Count == RowsNow, how);
                Assert.All(
                    page.Documents,
                    document => Assert.Contains(Encoding.UTF8.GetString(document.Span), written)
                );
            }
            catch (StoreDamagedException e)
            {
                Assert.EndsWith(
                    "The next completed refresh writes all reports anew.",
                    e.Message,
                    StringComparison.Ordinal
                );
            }
        }
    }

    private static async Task<List<string>> DocumentsAsync(DuckDbStore store)
    {
        var page = await store.Reader.FindAsync(ReportQuery.Everything, new(RowsNow), Token);
        return [.. page.Documents.Select(document => Encoding.UTF8.GetString(document.Span))];
    }

    /// <returns>What was done, for the message of a test that fails.</returns>
    private static string Damage(string path, Random random)
    {
        var length = new FileInfo(path).Length;
        var way = random.Next(6);
        if (way == 0)
        {
            File.Delete(path);
            return "deleted";
        }

        using var stream = File.Open(path, FileMode.Open);
        switch (way)
        {
            case 1:
                stream.SetLength(random.NextInt64(length + 1));
                return $"cut to {stream.Length} of {length}";
            case 2:
                stream.Position = length;
                return $"{Overwrite(stream, random, random.Next(1, 5000))} bytes appended";
            case 3:
                stream.Position = random.NextInt64(length + 1);
                return $"{Overwrite(stream, random, random.Next(1, 20_000))} bytes overwritten at {stream.Position}";
            default:
                var places = random.Next(1, 40);
                for (var i = 0; i < places; i++)
                {
                    stream.Position = random.NextInt64(length + 1);
                    stream.WriteByte((byte)random.Next(256));
                }

                return $"{places} bytes changed";
        }
    }

    private static int Overwrite(FileStream stream, Random random, int length)
    {
        var bytes = new byte[length];
        // Lost blocks are more often zero than noise.
        if (random.Next(2) == 0)
            random.NextBytes(bytes);
        stream.Write(bytes);
        return length;
    }
}
