using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Reports;
using UserReports.Store.History;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.History;

/// <summary>This program as a process that does nothing but keep days, thin them out and erase accounts, to be
/// killed.</summary>
/// <remarks>
/// Of each day it says, a line each, when its rows are there, when it is kept, and when days were thinned out and
/// accounts erased. Accounts beyond <see cref="Steady"/> are gone the next day.
/// </remarks>
internal static class KeepingChild
{
    public const string Argument = "keep-until-killed";

    /// <summary>Rows that every day has.</summary>
    public const int Steady = 150;

    /// <summary>Rows of a day that are in no other.</summary>
    public const int Passing = 30;

    /// <summary>How long an account may stay in a snapshot: so short that each day looks at those before.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromDays(1);

    public static readonly HistoryKeep Places = new(3, 2, 2);

    /// <summary>The first account of a day's own.</summary>
    public static long FirstOf(DateOnly day) => 1000 + (day.DayNumber * 100L);

    public static async Task KeepAsync(string path)
    {
        var time = new FakeTimeProvider(SampleReports.Now);
        await using var store = DuckDbStore.Open(
            new(path) { Threads = 2, HasReaders = false },
            time,
            NullLogger<DuckDbStore>.Instance
        );
        var days = await store.History.ListAsync(default);
        if (store.Reader.Snapshot is { } present && present.CompletedAt > time.GetUtcNow())
            time.SetUtcNow(present.CompletedAt);
        // A day that is kept would not be kept again.
        if (days is [var last, ..] && last.TakenAt >= time.GetUtcNow())
            time.SetUtcNow(last.TakenAt.AddDays(1));
        await Say("ready");
        for (; ; time.Advance(TimeSpan.FromDays(1)))
        {
            var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            await RunAsync(store, day);
            await Say($"rows {day:yyyy-MM-dd}");
            store.History.Keep(default);
            await Say($"kept {day:yyyy-MM-dd}");
            store.History.ThinOut(Places, default);
            await Say("thinned");
            store.History.Erase(Within, default);
            await Say("erased");
        }
    }

    private static async Task RunAsync(DuckDbStore store, DateOnly day)
    {
        var everyone = new AccountRange(0, long.MaxValue);
        var own = Enumerable.Range(0, Passing).Select(i => SampleReports.MakeOne(new Random(i), FirstOf(day) + i));
        List<Report> reports = [.. SampleReports.Make(Steady), .. own];
        var run =
            await store.Runs.FindInProgressAsync(default)
            ?? await store.Runs.StartAsync([(everyone, reports.Count)], default);
        await store.Runs.ClaimAsync(run.Uid, "child", 1, TimeSpan.FromDays(1), default);
        await store.Writer.CommitAsync(
            run.Uid,
            "child",
            [store.Writer.Pack(everyone, reports.Count, reports)],
            default
        );
        await store.Writer.CompleteAsync(run.Uid, "child", default);
    }

    private static async Task Say(string line)
    {
        await Console.Out.WriteLineAsync(line);
        await Console.Out.FlushAsync();
    }
}
