using UserReports.Core.Reports;
using UserReports.Store.DuckDb.History.Accounts;
using UserReports.Store.History;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.History;

/// <summary>One account in every day that is kept.</summary>
public sealed class AccountDayTests
{
    private static readonly DateOnly First = DateOnly.FromDateTime(SampleReports.Now.UtcDateTime);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_SeveralDays_EachHasTheAccountsRowsOfThen()
    {
        await using var store = TemporaryStore.Empty();
        // Numbers far apart and near, some accounts with several rows, and one that comes and goes.
        await KeepAsync(store, Accounts(1, except: 0));
        await KeepAsync(store, Accounts(2, except: 700_000_000));
        await KeepAsync(store, Accounts(3, except: 0));

        foreach (var account in Ids)
        {
            var days = await FindAsync(store, account);

            Assert.Equal([First, First.AddDays(1), First.AddDays(2)], days.Select(day => day.Day));
            Assert.Equal(account == 700_000_000, days[1].Documents.Count == 0);
            foreach (var day in days)
            {
                var then = await store.Store.History.AtAsync(day.TakenAt.AddTicks(1), Token);
                var rows = await then.FindAccountsAsync([account], Token);
                Assert.Equal(rows.Select(row => Text(row.Document)), day.Documents.Select(Text));
            }
        }

        Assert.All(await FindAsync(store, 4), day => Assert.Empty(day.Documents));
        Assert.Equal([First.AddDays(1)], (await FindAsync(store, 3, 1, 1)).Select(day => day.Day));
        Assert.Empty(await FindAsync(store, 3, 3, 9));
    }

    /// <summary>The engine writes numbers otherwise where few stand in many rows, and is asked itself then.</summary>
    [Fact]
    public async Task Find_FewAccountsInVeryManyRows_EachHasAllOfItsRows()
    {
        await using var store = TemporaryStore.Empty();
        var random = new Random(3);
        await KeepAsync(
            store,
            [
                .. from id in (long[])[5, 9]
                from number in Enumerable.Range(0, 300)
                let made = SampleReports.MakeOne(random, id)
                select made.InOrganization($"org{number}"),
            ]
        );

        foreach (var account in (long[])[5, 9])
            Assert.Equal(300, Assert.Single(await FindAsync(store, account)).Documents.Count);
        Assert.Empty(Assert.Single(await FindAsync(store, 7)).Documents);
    }

    [Fact]
    public async Task Find_OneDayIsDamaged_TheOthersAnswerAndItIsNamed()
    {
        await using var store = TemporaryStore.Empty();
        await KeepAsync(store, Accounts(1, except: 0));
        await KeepAsync(store, Accounts(2, except: 0));
        await store.Store.DisposeAsync();
        var file = Directory.GetFiles(Path.Combine(store.Folder, "reports.history"), "*.parquet").Order().First();
        var bytes = await File.ReadAllBytesAsync(file, Token);
        // The account's column stands first, behind the mark and a header of a few bytes.
        bytes.AsSpan(40, 24).Clear();
        await File.WriteAllBytesAsync(file, bytes, Token);
        store.Open();

        var days = await FindAsync(store, 3);

        Assert.Equal([First.AddDays(1)], days.Select(day => day.Day));
        Assert.NotNull((await store.Store.History.ListAsync(Token))[^1].Damage);
    }

    [Fact]
    public async Task Find_FileOfTheFirstFormat_HasItsAccounts()
    {
        await using var store = TemporaryStore.Empty();
        await store.Store.DisposeAsync();
        var folder = Directory.CreateDirectory(Path.Combine(store.Folder, "reports.history")).FullName;
        File.Copy(
            Path.Combine(AppContext.BaseDirectory, "History", "format-1.parquet"),
            Path.Combine(folder, "2026-12-01.1.parquet")
        );
        store.Open();

        for (var account = 1; account <= 40; account++)
            Assert.NotEmpty(Assert.Single(await FindAsync(store, account, 0, 300)).Documents);
    }

    [Fact]
    public void Differences_OfAnyNumbers_AreThoseThatWereWritten()
    {
        // Blocks of 8 in two parts: 1, 3, 6, -10 differ by 2, 3 and -16, which is 18, 19 and 0 more than the least.
        byte[] page = [8, 2, 4, 2, 31, 5, 0, 0x72, 0x02, 0x00];
        var numbers = new long[4];

        Assert.Throws<InvalidDataException>(() => NumberDifferences.Read([], new long[1]));
        Assert.Throws<InvalidDataException>(() => NumberDifferences.Read([8, 3, 4, 2], new long[4]));
        Assert.Throws<InvalidDataException>(() => NumberDifferences.Read(page, new long[3]));
        Assert.Throws<InvalidDataException>(() => NumberDifferences.Read(page.AsSpan(0, 6), new long[4]));
        Assert.Equal(4, NumberDifferences.Read(page, numbers));
        Assert.Equal([1, 3, 6, -10], numbers);
    }

    private static readonly long[] Ids = [1, 2, 3, 500, 501, 70_000, 700_000_000, 2_147_483_647];

    private static IReadOnlyList<Report> Accounts(int seed, long except)
    {
        var random = new Random(seed);
        return
        [
            .. from id in Ids
            where id != except
            from organization in id == 3 ? (string?[])["a", "b", "c"] : [null]
            let made = SampleReports.MakeOne(random, id)
            select organization is null ? made : made.InOrganization(organization),
        ];
    }

    private static async Task KeepAsync(TemporaryStore store, IReadOnlyList<Report> reports)
    {
        await store.RunAsync(reports);
        Assert.NotNull(store.Store.History.Keep(Token));
        store.Time.Advance(TimeSpan.FromDays(1));
    }

    private static Task<IReadOnlyList<AccountDay>> FindAsync(
        TemporaryStore store,
        long account,
        int first = 0,
        int last = 2
    ) => store.Store.History.FindAccountAsync(account, First.AddDays(first), First.AddDays(last), null, Token);

    private static string Text(ReadOnlyMemory<byte> document) => System.Text.Encoding.UTF8.GetString(document.Span);
}
