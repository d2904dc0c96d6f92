using System.Text;
using DuckDB.NET.Data;
using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.History;

/// <summary>What becomes of a snapshot's file when something goes wrong, and what is left of accounts in it.</summary>
public sealed class SnapshotTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Wherever a byte is another one, the day is named and left out, and the day before answers.</summary>
    [Fact]
    public async Task Open_DamagedFile_IsNamedAndLeftOut()
    {
        await using var store = await TwoDaysAsync();
        var file = Files(store)[^1];
        var whole = await File.ReadAllBytesAsync(file, Token);
        var random = new Random(5);
        foreach (var at in (int[])[0, 4, whole.Length / 2, whole.Length - 1, .. Some(random, whole.Length, 12)])
        {
            await store.Store.DisposeAsync();
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x55;
            await File.WriteAllBytesAsync(file, damaged, Token);
            store.Open();

            var days = await store.Store.History.ExamineAsync(Token);

            // The mark at the very beginning is nobody's business.
            if (at >= 4)
                Assert.NotNull(days[0].Damage);
            Assert.Null(days[1].Damage);
            var reader = await store.Store.History.AtAsync(DateTimeOffset.MaxValue, Token);
            Assert.Equal(at >= 4 ? 40 : 60, (await reader.FindAsync(ReportQuery.Everything, new(1), Token)).Count);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Open_CutFile_IsNamedAndLeftOut(int length)
    {
        await using var store = await TwoDaysAsync();
        await store.Store.DisposeAsync();
        await using (var file = File.OpenWrite(Files(store)[^1]))
            file.SetLength(length);

        store.Open();

        var days = await store.Store.History.ListAsync(Token);
        Assert.Equal("The file does not end as a Parquet file does.", days[0].Damage);
        Assert.Null(days[1].Damage);
    }

    /// <summary>
    /// Damage that only reading finds: the first question is told, the next one is of the day before.
    /// </summary>
    [Fact]
    public async Task Find_DocumentsAreDamaged_TheQuestionIsToldAndTheDayLeftOut()
    {
        await using var store = await TwoDaysAsync();
        await store.Store.DisposeAsync();
        var file = Files(store)[^1];
        var bytes = await File.ReadAllBytesAsync(file, Token);
        // The blocks of documents stand behind the row group, right before the footer.
        bytes[bytes.Length - FooterBytes(bytes) - 100] ^= 0x55;
        await File.WriteAllBytesAsync(file, bytes, Token);
        store.Open();
        var reader = await store.Store.History.AtAsync(DateTimeOffset.MaxValue, Token);

        var e = await Assert.ThrowsAsync<StoreDamagedException>(() =>
            reader.FindAsync(ReportQuery.Everything, new(100), Token)
        );

        Assert.StartsWith("The snapshot of ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Other days answer.", e.Message, StringComparison.Ordinal);
        Assert.NotNull((await store.Store.History.ListAsync(Token))[0].Damage);
        reader = await store.Store.History.AtAsync(DateTimeOffset.MaxValue, Token);
        Assert.Equal(40, (await reader.FindAsync(ReportQuery.Everything, new(1), Token)).Count);
    }

    [Fact]
    public async Task Keep_TodaysIsDamaged_IsWrittenAnew()
    {
        await using var store = await TwoDaysAsync();
        await store.Store.DisposeAsync();
        await File.WriteAllTextAsync(Files(store)[^1], "nothing", Token);
        store.Open();

        Assert.Equal(60, store.Store.History.Keep(Token)!.Rows);

        Assert.Equal(2, Files(store).Count);
        Assert.All(await store.Store.History.ExamineAsync(Token), day => Assert.Null(day.Damage));
    }

    /// <summary>As a process leaves them that ends while it writes, thins out or writes anew.</summary>
    [Fact]
    public async Task Open_LeftoversOfAKill_AreClearedAway()
    {
        await using var store = await TwoDaysAsync();
        await store.Store.DisposeAsync();
        var file = Files(store)[^1];
        File.Copy(file, file.Replace(".1.parquet", ".2.parquet", StringComparison.Ordinal));
        var half = file.Replace(".1.parquet", ".3.parquet.part", StringComparison.Ordinal);
        await File.WriteAllBytesAsync(half, (await File.ReadAllBytesAsync(file, Token))[..5000], Token);
        await File.WriteAllTextAsync(
            file.Replace(".1.parquet", ".3.rows.part", StringComparison.Ordinal),
            "half a lot",
            Token
        );
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(file)!, "looks.json.part"), "{", Token);

        store.Open();

        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(file)!).Length);
        Assert.EndsWith(".2.parquet", Files(store)[^1], StringComparison.Ordinal);
        Assert.Equal([60L, 40L], (await store.Store.History.ExamineAsync(Token)).Select(day => day.Rows));
    }

    /// <summary>
    /// Cancelled at many moments, as a service is stopped: nothing is half there, and the next time does it.
    /// </summary>
    [Fact]
    public async Task Keep_Cancelled_LeavesNothing()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(600));
        for (var check = 0; check < 3; check++)
        {
            using var cancelled = new CancellationTokenSource();
            if (check == 0)
                await cancelled.CancelAsync();
            else
                cancelled.CancelAfter(check);
            try
            {
                store.Store.History.Keep(cancelled.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Empty(Files(store));
                continue;
            }

            break;
        }

        store.Store.History.Keep(Token);
        Assert.Equal(600, Assert.Single(await store.Store.History.ExamineAsync(Token)).Rows);
    }

    [Fact]
    public async Task Keep_DiskRefuses_SaysSoAndLeavesNothing()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(5));
        // A file stands where the folder would be.
        await File.WriteAllTextAsync(Path.Combine(store.Folder, "reports.history"), "", Token);

        var e = Assert.Throws<StoreUnavailableException>(() => store.Store.History.Keep(Token));

        Assert.Contains("could not be written", e.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Byte by byte, as the files are and unpacked: nothing of an erased account is left, whoever reads.
    /// </summary>
    [Fact]
    public async Task Erase_AccountThatIsGone_NoByteOfItIsLeft()
    {
        var reports = SampleReports.Make(900).ToList();
        var gone = reports.First(report => report.Account.Email.Length > 10);
        await using var store = await TemporaryStore.WithAsync(reports);
        store.Store.History.Keep(Token);
        var secret = Encoding.UTF8.GetBytes(gone.Account.Email);
        Assert.Contains(await TextsAsync(store), text => text.AsSpan().IndexOf(secret) >= 0);
        store.Time.Advance(TimeSpan.FromDays(6));
        await store.RunAsync([.. reports.Where(report => report.UserId != gone.UserId)]);
        var reader = await store.Store.History.AtAsync(DateTimeOffset.MaxValue, Token);
        await using (var export = await reader.ExportAsync(ReportQuery.Everything, Token))
        {
            Assert.InRange(store.Store.History.Erase(TimeSpan.FromDays(7), Token), 1, 100);
            // Who had begun to read ends with what was then.
            var rows = 0;
            await foreach (var chunk in export.Chunks)
                rows += chunk.Count;
            Assert.Equal(900, rows);
        }

        Assert.Single(Files(store));
        Assert.DoesNotContain(await TextsAsync(store), text => text.AsSpan().IndexOf(secret) >= 0);
        Assert.Null(Assert.Single(await store.Store.History.ExamineAsync(Token)).Damage);
    }

    /// <summary>The files' bytes, and everything that is packed in them.</summary>
    private static async Task<List<byte[]>> TextsAsync(TemporaryStore store)
    {
        List<byte[]> texts = [];
        foreach (var file in Files(store))
        {
            texts.Add(await File.ReadAllBytesAsync(file, Token));
            await using var connection = new DuckDBConnection("Data Source=:memory:");
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = $"select to_json(r)::varchar from read_parquet('{file}') r";
            await using var rows = await command.ExecuteReaderAsync(Token);
            while (await rows.ReadAsync(Token))
                texts.Add(Encoding.UTF8.GetBytes(rows.GetString(0)));
        }

        var history = store.Store.History;
        foreach (var day in await history.ListAsync(Token))
        {
            var reader = await history.AtAsync(day.TakenAt.AddTicks(1), Token);
            var page = await reader.FindAsync(ReportQuery.Everything, new(10_000), Token);
            texts.AddRange(page.Documents.Select(document => document.ToArray()));
        }

        return texts;
    }

    private static async Task<TemporaryStore> TwoDaysAsync()
    {
        var store = await TemporaryStore.WithAsync(SampleReports.Make(40));
        store.Store.History.Keep(Token);
        store.Time.Advance(TimeSpan.FromDays(1));
        await store.RunAsync(SampleReports.Make(60));
        store.Store.History.Keep(Token);
        return store;
    }

    private static List<string> Files(TemporaryStore store) =>
        Directory.Exists(Path.Combine(store.Folder, "reports.history"))
            ? [.. Directory.GetFiles(Path.Combine(store.Folder, "reports.history"), "*.parquet").Order()]
            : [];

    private static int FooterBytes(byte[] file) => BitConverter.ToInt32(file, file.Length - 8) + 8;

    private static List<int> Some(Random random, int length, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => 4 + random.Next(length - 4))];
}
