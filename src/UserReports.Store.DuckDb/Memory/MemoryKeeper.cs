using System.Collections.Concurrent;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;
using UserReports.Core.Query;
using UserReports.Core.Threads;
using UserReports.Store.DuckDb.Exact;
using UserReports.Store.DuckDb.Generations;
using UserReports.Store.DuckDb.Orders;

namespace UserReports.Store.DuckDb.Memory;

/// <summary>
/// Works out, in the background, what questions are answered from: the base of the generation that is read, indexes of
/// exact texts, and orders that were asked for a second time. Until then, and where it fails, statements answer.
/// </summary>
/// <remarks>
/// One thread, of low priority: whoever asks goes first. What was in use is worked out for a generation before readers
/// get it, so that nobody waits behind a run.
/// </remarks>
internal sealed class MemoryKeeper : IAsyncDisposable
{
    /// <summary>So many orders, those that were used last, are worked out for the next generation before its
    /// time.</summary>
    private const int PreparedMax = 4;

    /// <summary>Orders that were asked for once, before it is forgotten which.</summary>
    private const int AskedMax = 1000;

    /// <summary>So many filters, and so many orders, are kept up with changes.</summary>
    private const int AdvancedMax = 8;

    /// <summary>What nobody asks for during so many versions waits until somebody does.</summary>
    private const int UnaskedMax = 10;

    private readonly GenerationSet generations;
    private readonly StoreSettings settings;
    private readonly ILogger logger;
    private readonly CancellationTokenSource closing = new();
    private readonly BlockingCollection<Action> waiting = [];
    private readonly ConcurrentDictionary<(int Generation, string Name), int> asked = new();
    private readonly ConcurrentDictionary<(int Generation, string Name), byte> working = new();
    private readonly Lock begin = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task advancing = Task.CompletedTask;
    private bool begun;
    private int pending;

    public MemoryKeeper(GenerationSet generations, StoreSettings settings, ILogger logger) =>
        (this.generations, this.settings, this.logger) = (generations, settings, logger);

    /// <summary>Whether nothing is being worked out or waits for that.</summary>
    public bool IsIdle => Volatile.Read(ref pending) == 0;

    /// <summary>What is known of a generation; null if that is not loaded yet, which then begins.</summary>
    public GenerationMemory? Of(Generation generation)
    {
        if (generation.Memory is { } memory)
            return memory;
        Begin(generation, "", Load);
        return null;
    }

    /// <summary>What is known of a generation, loaded if need be; for who holds its <see cref="Generation.Changing"/>.</summary>
    public GenerationMemory Loaded(Generation generation) =>
        generation.Memory ??= MemoryLoader.Load(generation, closing.Token);

    /// <summary>An order; null if it is not kept. It is worked out if it was asked for before.</summary>
    public KeptOrder? Order(Generation generation, GenerationMemory memory, IReadOnlyList<OrderTerm> terms)
    {
        if (memory.Order(terms) is { } order)
            return order;
        var name = GenerationMemory.NameOf(terms);
        if (asked.Count > AskedMax)
            asked.Clear();
        if (memory.IsRefused(terms) || asked.AddOrUpdate((generation.Number, name), 1, (_, times) => times + 1) < 2)
            return null;
        Begin(generation, name, from => Keep(from, terms));
        return null;
    }

    /// <summary>The values of a path in memory, read now if need be; null if they cannot be had.</summary>
    public KeyColumn? Column(Generation generation, GenerationMemory memory, FieldPath path)
    {
        lock (generation.Changing)
            return memory == generation.Memory ? KeptColumn(generation, memory, path) : null;
    }

    /// <summary>
    /// Before a generation takes the place of the present one: whatever was in use of that, works that out for this
    /// one.
    /// </summary>
    public void Prepare(Generation next)
    {
        if (generations.Current?.Memory is not { } present)
            return;
        var used = present.Orders.Take(PreparedMax).Select(order => order.Terms).ToList();
        Guard(() =>
        {
            Load(next);
            foreach (var terms in used)
                Keep(next, terms);
        });
    }

    /// <summary>
    /// After a change: what was asked for lately is worked out for the new version, so that the next who asks need not.
    /// </summary>
    public void Advance(Generation generation)
    {
        lock (begin)
        {
            if (!advancing.IsCompleted || waiting.IsAddingCompleted || generation.TryEnter() is not { } lease)
                return;
            Interlocked.Increment(ref pending);
            advancing = Task.Run(() =>
            {
                using (lease)
                    Guard(() => AdvanceNow(lease.Generation));
                Interlocked.Decrement(ref pending);
            });
        }
    }

    /// <summary>Gives up what is being worked out; nothing is begun any more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (begin)
        {
            waiting.CompleteAdding();
            if (!begun)
                ended.SetResult();
        }

        await closing.CancelAsync();
        await ended.Task;
        await advancing;
        waiting.Dispose();
        closing.Dispose();
    }

    private void AdvanceNow(Generation generation)
    {
        if (generation.Memory is not { } memory)
            return;
        foreach (var order in memory.Orders.Take(AdvancedMax).Where(order => order.Unasked++ < UnaskedMax))
            order.Latest(memory.Changes);
        memory.Filters.Advance(() => new(generation, closing.Token), memory, AdvancedMax, UnaskedMax, closing.Token);
    }

    private void Load(Generation generation)
    {
        lock (generation.Changing)
            Loaded(generation);
        if (generation.Memory is not { } memory)
            return;
        foreach (var field in ExactField.All.Where(field => memory.Index(field) is null))
        {
            var index = MemoryLoader.Index(generation, memory.Base, field, closing.Token);
            lock (generation.Changing)
            {
                if (memory != generation.Memory)
                    return;
                index.Slot = Track(generation, memory, field.Column, KeyKind.Text, index.Add);
                index.Add(memory.Changes.Added(-1, memory.Changes.Published.Number));
                index.Since = memory.Changes.Published.Number;
                memory.Keep(field, index);
            }
        }
    }

    private void Keep(Generation generation, IReadOnlyList<OrderTerm> terms)
    {
        if (generation.Memory is not { } memory || memory.Order(terms) is not null)
            return;
        List<OrderColumn> columns = [];
        foreach (var term in terms)
        {
            // The base does not change: whoever writes need not wait until it is read.
            var column =
                memory.Column(term.Path)
                ?? MemoryLoader.Column(generation, memory.Base, term.Path, closing.Token)
                ?? throw new NotSupportedException($"No order in memory by {term.Path}.");
            lock (generation.Changing)
            {
                if (memory != generation.Memory)
                    return;
                columns.Add(new(KeptColumn(generation, memory, term.Path, column)!, term.Descending));
            }
        }

        var order = OrderSort.Sort(memory.Base, columns, closing.Token);
        memory.TryKeep(terms, new(terms, order, memory.Changes.Published.Number), settings.OrderMegabytes * (1L << 20));
    }

    private KeyColumn? KeptColumn(
        Generation generation,
        GenerationMemory memory,
        FieldPath path,
        KeyColumn? read = null
    )
    {
        if (memory.Column(path) is { } known)
            return known;
        var column = read ?? MemoryLoader.Column(generation, memory.Base, path, closing.Token);
        if (column is null)
            return null;
        column.Slot = Track(generation, memory, Dialect.DuckDbStatements.Base.KeyOf(path), column.Kind, null);
        memory.Keep(path, column);
        return column;
    }

    /// <summary>From now on a value is read of each changed row; those that there are get theirs.</summary>
    private int Track(
        Generation generation,
        GenerationMemory memory,
        Sql.SqlText expression,
        KeyKind kind,
        Action<IReadOnlyList<Changes.ChangedRow>>? taken
    )
    {
        var column = new TrackedColumn(memory.TakeSlot(), expression, kind, taken);
        var rows = memory.Changes.Added(-1, memory.Changes.Published.Number);
        if (rows.Count > 0)
        {
            using var use = generation.Connect(closing.Token);
            ChangedRowReader.ReadKeys(use.Database, rows, [column], closing.Token);
        }

        memory.Track(column);
        return column.Slot;
    }

    private void Begin(Generation generation, string name, Action<Generation> work)
    {
        lock (begin)
        {
            if (
                waiting.IsAddingCompleted
                || working.ContainsKey((generation.Number, name))
                || generation.TryEnter() is not { } lease
            )
                return;
            working.TryAdd((generation.Number, name), 0);
            Interlocked.Increment(ref pending);
            waiting.Add(() =>
            {
                using (lease)
                    Guard(() => work(lease.Generation));
                working.TryRemove((generation.Number, name), out _);
                Interlocked.Decrement(ref pending);
            });
            if (begun)
                return;
            begun = true;
            new Thread(Work) { IsBackground = true, Name = "store" }.Start();
        }
    }

    private void Work()
    {
        LowPriority.LowerThisThread();
        foreach (var work in waiting.GetConsumingEnumerable())
            work();
        ended.SetResult();
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
            when (e
                    is OperationCanceledException
                        or StoreException
                        or DuckDBException
                        or EngineRefusedException
                        or ObjectDisposedException
                        or InsufficientMemoryException
                        or NotSupportedException
            )
        {
            // Nothing is lost: statements answer.
            if (!closing.IsCancellationRequested)
                StoreLog.MemoryFailed(logger, e.Message);
        }
    }
}
