using System.Collections.Concurrent;
using UserReports.Core.Threads;

namespace UserReports.Refresh;

/// <summary>
/// Threads for the work of a run that needs nothing but processors. Whoever asks for a page goes first: the system
/// gives these threads what nobody else wants.
/// </summary>
internal sealed class LowPriorityScheduler : TaskScheduler, IDisposable
{
    private readonly BlockingCollection<Task> waiting = [];
    private readonly List<Thread> threads;

    /// <summary>So many threads.</summary>
    public LowPriorityScheduler(int count)
    {
        threads =
        [
            .. Enumerable.Range(0, count).Select(_ => new Thread(Work) { IsBackground = true, Name = "refresh" }),
        ];
        threads.ForEach(thread => thread.Start());
    }

    /// <summary>Does a piece of work on one of the threads.</summary>
    public Task RunAsync(Action work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.DenyChildAttach, this);

    /// <inheritdoc cref="RunAsync(Action, CancellationToken)"/>
    public Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <inheritdoc/>
    public void Dispose()
    {
        waiting.CompleteAdding();
        threads.ForEach(thread => thread.Join());
        waiting.Dispose();
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => waiting.Add(task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => [.. waiting];

    private void Work()
    {
        LowPriority.LowerThisThread();
        foreach (var task in waiting.GetConsumingEnumerable())
            TryExecuteTask(task);
    }
}
