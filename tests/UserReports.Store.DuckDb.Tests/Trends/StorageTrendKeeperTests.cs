using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Forecasting;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Trends;

namespace UserReports.Store.DuckDb.Tests.Trends;

public sealed class StorageTrendKeeperTests : IDisposable
{
    private const int Accounts = 5_000;

    private static readonly DateOnly Day = new(2026, 11, 9);

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-trends-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(folder, "reports.trends");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_NothingWorkedOutYet_KnowsNothing()
    {
        using var keeper = Keeper();
        Assert.Null(keeper.Day);
        Assert.Null(keeper.Read(new AccountRange(int.MinValue, int.MaxValue)));
        Assert.Null(keeper.Read([1, 2]));
    }

    [Fact]
    public async Task Read_RangesAndSingleAccounts_FindWhatWasWorkedOut()
    {
        using var keeper = Keeper();
        var rows = Rows();
        await keeper.WorkOutAsync(new KnownHistory(rows), Day, Token);
        Assert.Equal(Day, keeper.Day);

        // Again by another process.
        using var other = Keeper();
        foreach (var range in (AccountRange[])[new(int.MinValue, int.MaxValue), new(1500, 1600), new(1, 1), new(40_000, 50_000)])
        {
            var found = other.Read(range)!;
            foreach (var row in rows)
                Assert.Equal(
                    range.Contains(row.UserId) ? StorageTrends.Of(Day, row.Stored.Span) : default,
                    found.Find(row.UserId, row.OrganizationId)
                );
        }

        var some = other.Read([7_002, 3, 3, 9_999_999, -5, 14_997])!;
        foreach (var row in rows)
            Assert.Equal(
                row.UserId is 3 or 7_002 or 14_997 ? StorageTrends.Of(Day, row.Stored.Span) : default,
                some.Find(row.UserId, row.OrganizationId)
            );
        Assert.Equal(default, some.Find(3, "orgOther"));
    }

    [Fact]
    public async Task WorkOut_Anew_TakesThePlaceOfTheOneBefore()
    {
        using var keeper = Keeper();
        await keeper.WorkOutAsync(new KnownHistory([Row(1, "org1", 5, 5)]), Day, Token);
        var before = keeper.Read([1])!;
        await keeper.WorkOutAsync(new KnownHistory([Row(1, "org1", 7, 7)]), Day.AddDays(1), Token);
        Assert.Equal(5, before.Find(1, "org1").Latest);
        Assert.Equal(default, keeper.Read([1])!.Find(1, "org1"));
        Assert.Equal(Day.AddDays(1), keeper.Day);
    }

    [Fact]
    public async Task WorkOut_HistoryThatFails_LeavesTheOneBefore()
    {
        using var keeper = Keeper();
        await keeper.WorkOutAsync(new KnownHistory([Row(1, "org1", 5, 5)]), Day, Token);
        await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            keeper.WorkOutAsync(new KnownHistory([Row(1, "org1", 7, 7)], new IOException("gone")), Day, Token)
        );
        Assert.Equal(5, keeper.Read([1])!.Find(1, "org1").Latest);
        using var other = Keeper();
        Assert.Equal(5, other.Read([1])!.Find(1, "org1").Latest);
    }

    [Fact]
    public async Task Read_DamagedAnywhere_TellsNothingWrong()
    {
        using (var keeper = Keeper())
            await keeper.WorkOutAsync(new KnownHistory([.. Rows().Take(50)]), Day, Token);
        var whole = await File.ReadAllBytesAsync(FilePath, Token);
        var all = Rows().Take(50).ToList();
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var damaged = whole.ToArray();
            if (round % 4 == 0)
                damaged = damaged[..random.Next(damaged.Length)];
            else
                damaged[random.Next(12, damaged.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(FilePath, damaged, Token);
            using var keeper = Keeper();
            var found = keeper.Read(new AccountRange(int.MinValue, int.MaxValue));
            foreach (var row in all)
                Assert.Contains(
                    found?.Find(row.UserId, row.OrganizationId) ?? default,
                    (StorageTrend[])[default, StorageTrends.Of(Day, row.Stored.Span)]
                );
            // Nor is it asked again.
            if (found is null)
                Assert.Null(keeper.Read([1]));
        }
    }

    private StorageTrendKeeper Keeper() => new(FilePath, NullLogger.Instance);

    /// <summary>Every third account: most that never change, some without an organisation, some with several.</summary>
    private static List<StorageSeries> Rows()
    {
        var random = new Random(7);
        List<StorageSeries> rows = [];
        for (var id = 0L; rows.Count < Accounts; id += 3)
        {
            var kind = random.Next(10);
            if (kind < 6)
                rows.Add(Row(id, "org" + id, 5, 5, 5));
            else if (kind == 6)
                rows.Add(Row(id, null, 0));
            else if (kind == 7)
                rows.Add(Row(id, "org" + id, long.MaxValue, long.MinValue, random.NextInt64()));
            else
                rows.AddRange([Row(id, "orgA", 1, random.Next(100), 200), Row(id, "orgB", random.Next(9), 3)]);
        }

        return rows;
    }

    /// <summary>Bytes of days, some of them a week and a month apart, the last one that of the snapshot.</summary>
    private static StorageSeries Row(long id, string? organization, params long[] bytes)
    {
        int[] before = [0, 7, 30];
        return new(
            id,
            organization,
            bytes.Select((b, i) => new StoredBytes(Day.AddDays(-before[bytes.Length - 1 - i]), b)).ToArray()
        );
    }

    private sealed class KnownHistory(IReadOnlyList<StorageSeries> rows, Exception? failure = null) : IStorageHistory
    {
        public async IAsyncEnumerable<StorageSeries> ReadAsync(
            DateOnly day,
            int daysBefore,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            await Task.Yield();
            foreach (var row in rows)
                yield return row;
            if (failure is not null)
                throw failure;
        }
    }
}
