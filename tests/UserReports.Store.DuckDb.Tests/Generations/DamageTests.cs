using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.Generations;

/// <summary>Files that are not what the store left: what is said, what is still served, and how it goes on.</summary>
public sealed class DamageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_StoreIsHeldByAnother_SaysSo()
    {
        await using var store = TemporaryStore.Empty();

        var e = Assert.Throws<StoreInUseException>(store.OpenSecond);

        Assert.Equal(
            $"The store {store.Settings.Path} is in use by another process. Ask the running server instead, or stop it first.",
            e.Message
        );
    }

    [Fact]
    public async Task Open_PresentGenerationIsUnusable_ServesTheOneBeforeUntilTheNextRun()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(30));
        await store.RunAsync(SampleReports.Make(50));
        var file = Directory.GetFiles(store.Folder, "*.g000002.duckdb").Single();
        await store.Store.DisposeAsync();
        await File.WriteAllTextAsync(file, "this is no database", Token);

        store.Open();

        Assert.Equal(30, store.Store.Reader.Snapshot!.Rows);
        Assert.Equal(30, (await store.Store.Reader.FindAsync(ReportQuery.Everything, new(100), Token)).Documents.Count);
        await store.ReopenAsync();
        Assert.Equal(30, store.Store.Reader.Snapshot!.Rows);
        await store.RunAsync(SampleReports.Make(60));
        Assert.Equal(60, store.Store.Reader.Snapshot!.Rows);
    }

    [Fact]
    public async Task Generations_OneBeforeIsNotKept_AreOneBetweenRuns()
    {
        await using var store = TemporaryStore.Empty();
        store.KeepsPrevious = false;
        await store.ReopenAsync();
        for (var round = 0; round < 3; round++)
        {
            await store.RunAsync(SampleReports.Make(5));
            Assert.Single(Directory.GetFiles(store.Folder, "*.duckdb"));
            await store.ReopenAsync();
            Assert.Single(Directory.GetFiles(store.Folder, "*.duckdb"));
            Assert.Equal(5, store.Store.Reader.Snapshot!.Rows);
        }
    }

    [Fact]
    public async Task Generations_WhateverHappens_AreNoMoreThanTwo()
    {
        await using var store = TemporaryStore.Empty();
        for (var round = 0; round < 3; round++)
        {
            await store.RunAsync(SampleReports.Make(5));
            await store.RunAsync(SampleReports.Make(6));
            Assert.Equal(2, Directory.GetFiles(store.Folder, "*.duckdb").Length);
            await store.ReopenAsync();
            Assert.Equal(2, Directory.GetFiles(store.Folder, "*.duckdb").Length);
            await store.Store.Runs.StartAsync([(TemporaryStore.Everyone, 1)], Token);
            Assert.Equal(2, Directory.GetFiles(store.Folder, "*.duckdb").Length);
            await store.ReopenAsync();
            Assert.Equal(2, Directory.GetFiles(store.Folder, "*.duckdb").Length);
            Assert.Equal(6, store.Store.Reader.Snapshot!.Rows);
        }
    }

    [Fact]
    public async Task Open_NoDatabaseAtAll_IsSetAsideWithItsDocuments()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(30));
        var file = Directory.GetFiles(store.Folder, "*.duckdb").Single();
        await store.Store.DisposeAsync();
        await File.WriteAllTextAsync(file, "this is no database", Token);

        store.Open();

        Assert.Null(store.Store.Reader.Snapshot);
        Assert.True(File.Exists(file + ".damaged-1"));
        Assert.True(File.Exists(file.Replace(".duckdb", ".documents.damaged-1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Open_DocumentsAreTooShort_SetsTheGenerationAside()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(30));
        var file = Directory.GetFiles(store.Folder, "*.documents").Single();
        await store.Store.DisposeAsync();
        await using (var stream = File.OpenWrite(file))
            stream.SetLength(stream.Length - 1);

        store.Open();

        Assert.Null(store.Store.Reader.Snapshot);
        Assert.True(File.Exists(file + ".damaged-1"));
    }

    [Fact]
    public async Task Open_TornTailOfDocuments_IsCutOff()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(30));
        var file = Directory.GetFiles(store.Folder, "*.documents").Single();
        await store.Store.DisposeAsync();
        var length = new FileInfo(file).Length;
        await File.AppendAllTextAsync(file, "half a block", Token);

        store.Open();

        Assert.Equal(length, new FileInfo(file).Length);
        Assert.Equal(30, (await store.Store.Reader.FindAsync(ReportQuery.Everything, new(100), Token)).Documents.Count);
    }

    [Fact]
    public async Task Find_DamagedDocument_SaysSoWhileOthersAreServed()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(300));
        var file = Directory.GetFiles(store.Folder, "*.documents").Single();
        await store.Store.DisposeAsync();
        await using (var stream = File.OpenWrite(file))
        {
            stream.Position = 40;
            stream.Write([1, 2, 3, 4]);
        }

        store.Open();

        var e = await Assert.ThrowsAsync<StoreDamagedException>(() =>
            store.Store.Reader.FindAsync(ReportQuery.Everything, new(300), Token)
        );
        Assert.Equal($"{file} is damaged at byte 0. The next completed refresh writes all reports anew.", e.Message);
        var query = QueryCompiler.Compile("email:u299@example.org", "").Query!;
        Assert.InRange((await store.Store.Reader.FindAsync(query, new(1), Token)).Documents.Count, 0, 1);
    }

    [Fact]
    public async Task Open_RunInProgressIsDamaged_ServesTheLastAndStartsAnew()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(30));
        var run = await store.Store.Runs.StartAsync([(TemporaryStore.Everyone, 1)], Token);
        var file = Directory.GetFiles(store.Folder, "*.g000002.duckdb").Single();
        await store.Store.DisposeAsync();
        await File.WriteAllTextAsync(file, "this is no database", Token);

        store.Open();

        Assert.Equal(30, store.Store.Reader.Snapshot!.Rows);
        Assert.Null(await store.Store.Runs.FindInProgressAsync(Token));
        Assert.NotEqual(run.Uid, (await store.RunAsync(SampleReports.Make(4))).Uid);
        Assert.Equal(4, store.Store.Reader.Snapshot!.Rows);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("\0\0\0")]
    [InlineData("{}")]
    [InlineData("""{"Generation":1,"Runs":[null]}""")]
    [InlineData("""{"Generation":1,"Runs":[{}]}""")]
    [InlineData("""{"Generation":-7,"Runs":[]}""")]
    [InlineData("""{"Generation":99,"Runs":[]}""")]
    public async Task Open_DamagedPointer_FindsTheGenerationByItself(string text)
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(30));
        await store.Store.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(store.Folder, "reports.current.json"), text, Token);

        store.Open();

        Assert.Equal(30, store.Store.Reader.Snapshot!.Rows);
        Assert.Single(await store.Store.Runs.ListAsync(Token));
    }

    [Fact]
    public async Task Open_LeftoversOfARemoval_AreRemoved()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(3));
        await store.Store.DisposeAsync();
        var log = Path.Combine(store.Folder, "reports.g000007.duckdb.wal");
        var documents = Path.Combine(store.Folder, "reports.g000007.documents");
        await File.WriteAllTextAsync(log, "stale", Token);
        await File.WriteAllTextAsync(documents, "stale", Token);

        store.Open();

        Assert.False(File.Exists(log) || File.Exists(documents));
        Assert.Equal(3, store.Store.Reader.Snapshot!.Rows);
    }

    [Fact]
    public async Task Open_FolderCannotBeMade_SaysWhy()
    {
        await using var store = TemporaryStore.Empty();
        var file = Path.Combine(store.Folder, "file");
        await File.WriteAllTextAsync(file, "", Token);

        var e = Assert.Throws<StoreUnavailableException>(() =>
            TemporaryStore.OpenAt(Path.Combine(file, "reports.duckdb"))
        );

        Assert.StartsWith($"The store's folder {file} cannot be made: ", e.Message, StringComparison.Ordinal);
    }
}
