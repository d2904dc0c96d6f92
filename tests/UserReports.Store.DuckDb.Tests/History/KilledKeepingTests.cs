using System.Diagnostics;
using System.Globalization;
using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.DuckDb.Tests.History;

/// <summary>
/// A process that keeps days, thins them out and erases accounts from them is killed at random moments. No day is half
/// there, none is lost, and the next process goes on.
/// </summary>
public sealed class KilledKeepingTests
{
    private const int Kills = 100;

    /// <summary>After how many lines, and within how many milliseconds: while a day is kept, while days are thinned
    /// out, while accounts are erased, and while the next rows are written.</summary>
    private static readonly (int Lines, int Within)[] Moments = [(1, 80), (1, 30), (2, 5), (3, 80), (3, 30), (4, 200)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Keep_ProcessKilledAtAnyMoment_NoDayIsHalfThereOrLost()
    {
        var random = new Random(Chance.Seed);
        await using var store = TemporaryStore.Empty();
        await store.Store.DisposeAsync();
        SortedSet<DateOnly> kept = [];
        Dictionary<string, int> killedAfter = [];
        for (var kill = 0; kill < Kills; kill++)
        {
            var (lines, within) = Moments[random.Next(Moments.Length)];
            var said = await RunUntilKilledAsync(store.Settings.Path, lines, random.Next(within));
            var told = $"{Chance.Told}, kill {kill}, after: {string.Join(", ", said)}";
            var last = said[^1].Split(' ')[0];
            killedAfter[last] = killedAfter.GetValueOrDefault(last) + 1;
            kept.UnionWith(said.Where(line => line.StartsWith("kept ", StringComparison.Ordinal)).Select(DayOf));

            store.Open();
            await AssertAsync(store, kept, said, told);
            await store.Store.DisposeAsync();
        }

        TestContext.Current.SendDiagnosticMessage(
            $"{Chance.Told}: killed after "
                + string.Join(", ", killedAfter.OrderBy(one => one.Key).Select(one => $"{one.Key} {one.Value} times"))
        );
        // Keeping and erasing are what takes time.
        Assert.All(["rows", "thinned"], step => Assert.True(killedAfter.GetValueOrDefault(step) > 0, step));
        store.Open();
    }

    private static async Task AssertAsync(
        TemporaryStore store,
        SortedSet<DateOnly> kept,
        List<string> said,
        string told
    )
    {
        var days = await store.Store.History.ExamineAsync(Token);
        Assert.All(days, day => Assert.True(day.Damage is null, $"{told}: {day.Day} {day.Damage}"));
        var files = Directory.GetFiles(Path.Combine(store.Folder, "reports.history"));
        Assert.True(files.Length <= days.Count + 1, $"{told}: {string.Join(", ", files)}");

        // The last day may be there before its keeper could say so.
        kept.UnionWith(days.Select(day => day.Day).Where(day => kept.Count == 0 || day > kept.Max));
        var wanted = KeepingChild.Places.Choose(kept).Keys.ToList();
        Assert.True(
            wanted.All(day => days.Any(one => one.Day == day)),
            $"{told}: of {string.Join(' ', wanted)} there are {string.Join(' ', days.Select(day => day.Day))}"
        );
        kept.IntersectWith(days.Select(day => day.Day));
        foreach (var day in days)
        {
            var reader = await store.Store.History.AtAsync(day.TakenAt.AddTicks(1), Token);
            var page = await reader.FindAsync(ReportQuery.Everything, new(1_000), Token);
            Assert.True(
                page.Documents.Count is KeepingChild.Steady or KeepingChild.Steady + KeepingChild.Passing,
                $"{told}: {day.Day} has {page.Documents.Count} rows"
            );
            Assert.Equal(day.Rows, page.Documents.Count);
        }

        if (said[^1] == "erased")
            Assert.All(
                days.Skip(2),
                day => Assert.True(day.Rows == KeepingChild.Steady, $"{told}: {day.Day} still has {day.Rows} rows")
            );
    }

    /// <summary>What the process said until it was killed, so many lines and a while after it was ready.</summary>
    private static async Task<List<string>> RunUntilKilledAsync(string path, int lines, int milliseconds)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(KeepingChild).Assembly.Location, KeepingChild.Argument, path]
        )
        {
            RedirectStandardOutput = true,
        };
        using var child = Process.Start(start)!;
        List<string> said = [];
        while (said.Count <= lines && await child.StandardOutput.ReadLineAsync(Token) is { } line)
            said.Add(line);
        // Any moment will do, and it is what the test is of.
        await Task.Delay(milliseconds, Token);
        // Of the process alone: to look for others below it takes longer than what it is to be killed in.
        child.Kill();
        await child.WaitForExitAsync(Token);
        while (await child.StandardOutput.ReadLineAsync(Token) is { } line)
            said.Add(line);
        Assert.True(said is ["ready", ..], $"The child ended by itself: {string.Join(", ", said)}");
        return said;
    }

    private static DateOnly DayOf(string line) =>
        DateOnly.ParseExact(line.Split(' ')[1], "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
