using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Store.Contract;

/// <summary>A real store of some engine in a place of its own, with a clock that tests move.</summary>
public abstract class StoreUnderTest : IAsyncDisposable
{
    public static readonly AccountRange Everyone = new(0, long.MaxValue);

    public FakeTimeProvider Time { get; } = new(SampleReports.Now);

    /// <summary>Whether pages come from somewhere else once the store has worked their order out.</summary>
    public virtual bool KeepsOrders => false;

    /// <summary>Another one after it has been reopened.</summary>
    public abstract IReportStore Store { get; }

    /// <summary>As if the process had ended and begun again.</summary>
    public abstract Task ReopenAsync();

    /// <summary>Waits until the store has done what it does in the background.</summary>
    public virtual Task SettleAsync() => Task.CompletedTask;

    /// <summary>A whole run over one range.</summary>
    public async Task<Run> RunAsync(IReadOnlyList<Report> reports)
    {
        var run = await Store.Runs.StartAsync([(Everyone, reports.Count)], default);
        await Store.Runs.ClaimAsync(run.Uid, "owner", 1, TimeSpan.FromMinutes(1), default);
        Assert.True(
            await Store.Writer.CommitAsync(
                run.Uid,
                "owner",
                [Store.Writer.Pack(Everyone, reports.Count, reports)],
                default
            )
        );
        Assert.True(await Store.Writer.CompleteAsync(run.Uid, "owner", default));
        return (await Store.Runs.FindAsync(run.Uid, default))!;
    }

    public abstract ValueTask DisposeAsync();
}

/// <summary>Opens stores of one engine.</summary>
public interface IStoreEngine
{
    /// <summary>An empty one.</summary>
    static abstract Task<StoreUnderTest> OpenAsync();
}

/// <summary>
/// What every engine is held to. Each suite is abstract: an engine's tests have one subclass of each, and nothing in
/// it.
/// </summary>
public abstract class StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected static Task<StoreUnderTest> EmptyAsync() => TEngine.OpenAsync();

    /// <summary>A store with one completed run of these reports.</summary>
    protected static async Task<StoreUnderTest> WithAsync(IReadOnlyList<Report> reports)
    {
        var store = await TEngine.OpenAsync();
        await store.RunAsync(reports);
        return store;
    }
}
