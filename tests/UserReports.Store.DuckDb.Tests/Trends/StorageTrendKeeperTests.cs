using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Core.Forecasting;
using UserReports.Core.Reports;
using UserReports.Store.DuckDb.Trends;

namespace UserReports.Store.DuckDb.Tests.Trends;

public sealed class StorageTrendKeeperTests : IDisposable
{
    private const int Accounts = 5_000;

    private static readonly DateOnly Day = new(2026, 11, 9);

    private static readonly AccountRange Everybody = new(int.MinValue, int.MaxValue);

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-trends-").FullName;
    private readonly KnownHistory history = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(folder, "reports.trends");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_NothingWorkedOutYet_KnowsNothing()
    {
        using var keeper = Keeper();
        Assert.Null(keeper.WorkOut(Token));
        Assert.Null(keeper.Read(Everybody));
        Assert.Null(keeper.Read([1, 2]));
    }

    [Fact]
    public void Read_RangesAndSingleAccounts_FindWhatWasWorkedOut()
    {
        using (var keeper = Keeper())
        {
            history.Tell(Day, Rows());
            Assert.Equal(Day, keeper.WorkOut(Token));
            Assert.Null(keeper.WorkOut(Token));
        }

        // By another process.
        using var other = Keeper();
        Assert.Null(other.WorkOut(Token));
        foreach (var range in (AccountRange[])[Everybody, new(1500, 1600), new(1, 1), new(40_000, 50_000)])
        {
            var found = other.Read(range)!;
            foreach (var row in history.Rows)
                Assert.Equal(
                    range.Contains(row.UserId) ? StorageTrends.Of(Day, row.Stored.Span) : default,
                    found.Find(row.UserId, row.OrganizationId)
                );
        }

        var some = other.Read([7_002, 3, 3, 9_999_999, -5, 14_997])!;
        foreach (var row in history.Rows)
            Assert.Equal(
                row.UserId is 3 or 7_002 or 14_997 ? StorageTrends.Of(Day, row.Stored.Span) : default,
                some.Find(row.UserId, row.OrganizationId)
            );
        Assert.Equal(default, some.Find(3, "orgOther"));
    }

    [Fact]
    public void WorkOut_NextDay_TakesThePlaceOfTheOneBefore()
    {
        using var keeper = Keeper();
        history.Tell(Day, [Row(Day, 1, "org1", 5, 5)]);
        keeper.WorkOut(Token);
        var before = keeper.Read([1])!;
        history.Tell(Day.AddDays(1), [Row(Day.AddDays(1), 1, "org1", 7, 7)]);
        Assert.Equal(Day.AddDays(1), keeper.WorkOut(Token));
        Assert.Equal((5, 7), (before.Find(1, "org1").Latest, keeper.Read([1])!.Find(1, "org1").Latest));
    }

    [Fact]
    public void WorkOut_SnapshotWrittenAnewWithoutAnAccount_ForgetsTheAccount()
    {
        using var keeper = Keeper();
        history.Tell(Day, [Row(Day, 1, "org1", 5, 5), Row(Day, 2, "org2", 6, 6)]);
        keeper.WorkOut(Token);
        history.Tell(Day, [Row(Day, 2, "org2", 6, 6)]);
        Assert.Null(keeper.WorkOut(Token));
        history.LatestWrittenAt = history.LatestWrittenAt!.Value.AddDays(-3);

        Assert.Equal(Day, keeper.WorkOut(Token));
        Assert.Equal((0, 6), (keeper.Read([1])!.Find(1, "org1").Latest, keeper.Read([2])!.Find(2, "org2").Latest));
        Assert.Null(keeper.WorkOut(Token));
    }

    [Fact]
    public void WorkOut_DiskThatIsFull_LeavesTheOneBefore()
    {
        using var keeper = Keeper();
        history.Tell(Day, [Row(Day, 1, "org1", 5, 5)]);
        keeper.WorkOut(Token);
        history.Tell(Day.AddDays(1), [Row(Day, 1, "org1", 7, 7)]);
        history.Failure = new IOException("No space left on device");
        var e = Assert.Throws<StoreUnavailableException>(() => keeper.WorkOut(Token));
        Assert.StartsWith($"The trends {FilePath} cannot be written: ", e.Message, StringComparison.Ordinal);
        Assert.Equal(5, keeper.Read([1])!.Find(1, "org1").Latest);
        using var other = Keeper();
        Assert.Equal(5, other.Read([1])!.Find(1, "org1").Latest);
    }

    [Fact]
    public async Task Read_DamagedAnywhere_TellsNothingWrong()
    {
        history.Tell(Day, [.. Rows().Take(50)]);
        using (var keeper = Keeper())
            keeper.WorkOut(Token);
        var whole = await File.ReadAllBytesAsync(FilePath, Token);
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
            var found = keeper.Read(Everybody);
            foreach (var row in history.Rows)
                Assert.Contains(
                    found?.Find(row.UserId, row.OrganizationId) ?? default,
                    (StorageTrend[])[default, StorageTrends.Of(Day, row.Stored.Span)]
                );
            // Nor is it asked again.
            if (found is null)
                Assert.Null(keeper.Read([1]));
        }
    }

    private StorageTrendKeeper Keeper() => new(FilePath, history, NullLogger.Instance);

    /// <summary>Every third account: most that never change, some without an organisation, some with several.</summary>
    private static List<StorageSeries> Rows()
    {
        var random = new Random(7);
        List<StorageSeries> rows = [];
        for (var id = 0L; rows.Count < Accounts; id += 3)
        {
            switch (random.Next(10))
            {
                case < 6:
                    rows.Add(Row(Day, id, $"org{id}", 5, 5, 5));
                    break;
                case 6:
                    rows.Add(Row(Day, id, null, 0));
                    break;
                case 7:
                    rows.Add(Row(Day, id, $"org{id}", long.MaxValue, long.MinValue, random.NextInt64()));
                    break;
                default:
                    rows.Add(Row(Day, id, "orgA", 1, random.Next(100), 200));
                    rows.Add(Row(Day, id, "orgB", random.Next(9), 3));
                    break;
            }
        }

        return rows;
    }

    /// <summary>Bytes a month and a week before the snapshot's day, and on that day; the last ones of them.</summary>
    private static StorageSeries Row(DateOnly day, long id, string? organization, params long[] bytes)
    {
        int[] before = [0, 7, 30];
        return new(
            id,
            organization,
            bytes.Select((b, i) => new StoredBytes(day.AddDays(-before[bytes.Length - 1 - i]), b)).ToArray()
        );
    }

    private sealed class KnownHistory : IStorageHistory
    {
        public DateOnly? Latest { get; private set; }

        public DateTime? LatestWrittenAt { get; set; } = new DateTime(2026, 11, 9, 12, 0, 0, DateTimeKind.Utc);

        public IReadOnlyList<StorageSeries> Rows { get; private set; } = [];

        public Exception? Failure { get; set; }

        public void Tell(DateOnly latest, IReadOnlyList<StorageSeries> rows) => (Latest, Rows) = (latest, rows);

        public IEnumerable<StorageSeries> Read(DateOnly day, int daysBefore, CancellationToken cancellationToken)
        {
            foreach (var row in Rows)
                yield return row;
            if (Failure is not null)
                throw Failure;
        }
    }
}
