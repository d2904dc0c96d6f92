using Microsoft.Extensions.Time.Testing;
using UserReports.Sources.Load;
using UserReports.Sources.Reading;

namespace UserReports.Sources.Tests;

/// <summary>How much of the sources a run may keep busy, and when it holds back.</summary>
public sealed class SourceBudgetTests
{
    private static readonly SourceSettings Fifth = new("", "") { Budget = 0.2 };

    private readonly FakeTimeProvider time = new(new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Wait_WithoutEnd_KeepsToItsShareInEveryMinute()
    {
        var budget = new SourceBudget(Fifth, time);
        List<DateTimeOffset> pieces = [];
        var ends = time.GetUtcNow().AddMinutes(10);
        while (time.GetUtcNow() < ends)
        {
            var wait = budget.WaitAsync(default);
            while (!wait.IsCompleted)
                time.Advance(TimeSpan.FromMilliseconds(50));
            await wait;
            budget.Spend(TimeSpan.FromMilliseconds(100));
            time.Advance(TimeSpan.FromMilliseconds(100));
            pieces.Add(time.GetUtcNow());
        }

        var most = pieces.Max(from => pieces.Count(at => at >= from && at < from.AddMinutes(1))) * 0.1 / 60;
        Assert.InRange(most, 0.19, 0.25);
        Assert.InRange(pieces.Count * 0.1 / 600, 0.19, 0.21);
        Assert.InRange(budget.State.Used, 0.18, 0.22);
        Assert.True(budget.State.Delayed > TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void TryEnter_AfterMoreThanItsShare_IsRefusedUntilTimeHasPaid()
    {
        var budget = new SourceBudget(Fifth, time);
        Assert.True(budget.TryEnter());
        // Two seconds are what it may begin with.
        budget.Spend(TimeSpan.FromSeconds(3));
        Assert.False(budget.TryEnter());
        Assert.Equal(1, budget.State.Skipped);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(budget.TryEnter());
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(budget.TryEnter());
    }

    [Theory]
    [InlineData("22:00-06:00=1.5", 23, 1.5)]
    [InlineData("22:00-06:00=1.5", 5, 1.5)]
    [InlineData("22:00-06:00=1.5", 6, 0.2)]
    [InlineData("22:00-06:00=1.5, 05:00-05:30=0.05", 5, 0.05)]
    [InlineData("", 5, 0.2)]
    public void State_AtATimeOfDay_HasItsBudget(string hours, int hour, double share)
    {
        time.SetUtcNow(new(2026, 3, 5, hour, 0, 0, TimeSpan.Zero));
        var budget = new SourceBudget(Fifth with { QuietHours = BudgetHours.Read(hours)! }, time);
        Assert.Equal(share, budget.State.Share);
    }

    [Theory]
    [InlineData("22:00-06:00")]
    [InlineData("22:00=1")]
    [InlineData("25:00-06:00=1")]
    [InlineData("22:00-06:00=0")]
    [InlineData("22:00-06:00=1;12:00-13:00=2")]
    [InlineData("22-06=1")]
    public void Hours_WrittenOtherwise_AreNone(string text) => Assert.Null(BudgetHours.Read(text));

    [Fact]
    public void Answers_FiveTimesAsSlowAsInPeace_HoldBackUntilTheyAreQuick()
    {
        var budget = new SourceBudget(Fifth, time);
        Answer(budget, 20, minutes: 5);
        Assert.Equal(0.2, budget.State.Share);
        Answer(budget, 60, minutes: 5);
        Assert.Equal(0.2, budget.State.Share);
        Assert.Null(budget.State.Reason);

        Answer(budget, 150, minutes: 3);
        Assert.True(budget.State.Share < 0.05);
        Assert.Matches(
            @"^the usage database answers \d\S* times as slowly as in peace \(a run\)$",
            budget.State.Reason
        );

        Answer(budget, 22, minutes: 3);
        Assert.Equal(0.2, budget.State.Share);
        Assert.Null(budget.State.Reason);
    }

    [Fact]
    public void Replica_FarBehind_HoldsBackUntilItIsNot()
    {
        var budget = new SourceBudget(Fifth, time);
        budget.Responses.Replicated("usage", TimeSpan.FromSeconds(75));
        Assert.Equal(0.0125, budget.State.Share);
        Assert.Equal("the usage replica is 75 s behind", budget.State.Reason);
        budget.Responses.Replicated("platform", null);
        Assert.NotNull(budget.State.Reason);
        budget.Responses.Replicated("usage", null);
        Assert.Equal(0.2, budget.State.Share);
    }

    [Fact]
    public async Task Reading_OfAServer_IsCountedByWhatItIsFor()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: false);
        await using var source = new ReportSource(new(databases.Platform, databases.Usage), TimeProvider.System);
        await source.BeginRunAsync(default);
        var ranges = await source.CutRangesAsync(1_000_000, default);
        await source.ReadRangeAsync(ranges[0].Range, time.GetUtcNow(), default);
        await source.ReadAccountsAsync([1, 2], time.GetUtcNow(), default);

        var figures = source.Load.Figures;
        var run = Assert.Single(figures, of => of is { Source: "usage", Work: SourceWork.Run });
        Assert.True(run is { Statements: >= 1, Rows: > 10, LockWaits: 0 });
        Assert.True(run.Longest > TimeSpan.Zero && run.Longest <= run.Busy);
        var accounts = Assert.Single(figures, of => of is { Source: "platform", Work: SourceWork.Accounts });
        Assert.True(accounts.Rows is > 0 and < 200);
        Assert.Contains(figures, of => of is { Source: "platform", Work: SourceWork.Inspection });
        Assert.True(source.Load.Budget.State.Used > 0);
    }

    [Fact]
    public async Task Reading_OfAnEmbeddedFile_IsNobodysLoad()
    {
        await using var databases = await TestDatabases.CreateAsync(embedded: true);
        await using var source = new ReportSource(new(databases.Platform, databases.Usage), TimeProvider.System);
        await source.ReadAccountsAsync([1, 2], time.GetUtcNow(), default);
        Assert.Empty(source.Load.Figures);
    }

    private void Answer(SourceBudget budget, int milliseconds, int minutes)
    {
        for (var i = 0; i < minutes * 60; i++)
        {
            budget.Responses.Answered("usage", SourceWork.Run, TimeSpan.FromMilliseconds(milliseconds));
            time.Advance(TimeSpan.FromSeconds(1));
            _ = budget.State;
        }
    }
}
