namespace UserReports.Store.DuckDb.Reading;

/// <summary>
/// Turns of queries: some run at once, the others wait, and accounts that wait come one after the other, however many
/// queries each has in line.
/// </summary>
/// <remarks>
/// One place is kept for short queries, and one for other accounts: no account holds all places, and of those for long
/// queries it leaves one again, so that another account's long query need not wait for it either. Where there are too
/// few places for that, an account may hold one.
/// </remarks>
/// <param name="places">Queries that run at once; at least 1.</param>
internal sealed class QueryTurns(int places)
{
    private readonly Lock gate = new();

    /// <summary>Those that run or wait; whose last turn began or ended longest ago stands first.</summary>
    private readonly List<Asker> askers = [];
    private int running;
    private int runningLong;

    /// <summary>Queries in line.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
                return askers.Sum(asker => asker.Line.Count);
        }
    }

    /// <summary>Waits for a turn, which lasts until it is disposed of.</summary>
    /// <param name="account">Who asks; null for the service itself.</param>
    /// <param name="isShort">Whether the query is known to end soon.</param>
    /// <exception cref="OperationCanceledException">Nobody wants the turn any more.</exception>
    public Task<IDisposable> TakeAsync(long? account, bool isShort, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(isShort);
        Asker asker;
        lock (gate)
        {
            asker = askers.Find(known => known.Account == account) ?? Add(new(account));
            asker.Line.AddLast(waiter);
            Begin();
        }

        var turn = waiter.Began.Task;
        if (turn.IsCompleted || !cancellationToken.CanBeCanceled)
            return turn;
        var registration = cancellationToken.Register(() => Leave(asker, waiter, cancellationToken));
        _ = turn.ContinueWith(_ => registration.Unregister(), TaskScheduler.Default);
        return turn;
    }

    private Asker Add(Asker asker)
    {
        askers.Add(asker);
        return asker;
    }

    /// <summary>Begins whatever may begin: first of those who have the fewest running.</summary>
    private void Begin()
    {
        while (
            running < places
            && askers.Where(asker => NextOf(asker) is not null).MinBy(asker => asker.Running) is { } asker
        )
        {
            var waiter = NextOf(asker)!;
            asker.Line.Remove(waiter);
            GoLast(asker);
            Count(asker, waiter.IsShort, 1);
            waiter.Began.SetResult(new Turn(this, asker, waiter.IsShort));
        }
    }

    /// <summary>The first in an account's line that may begin: short ones overtake a long one that may not.</summary>
    private Waiter? NextOf(Asker asker)
    {
        if (asker.Running >= Math.Max(1, places - 1))
            return null;
        var mayBeLong = runningLong < Math.Max(1, places - 1) && asker.RunningLong < Math.Max(1, places - 2);
        return asker.Line.FirstOrDefault(waiter => waiter.IsShort || mayBeLong);
    }

    private void Leave(Asker asker, Waiter waiter, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            // Otherwise it has begun, and ends like any other.
            if (!asker.Line.Remove(waiter))
                return;
            Forget(asker);
        }

        waiter.Began.SetCanceled(cancellationToken);
    }

    private void End(Asker asker, bool isShort)
    {
        lock (gate)
        {
            Count(asker, isShort, -1);
            GoLast(asker);
            Forget(asker);
            Begin();
        }
    }

    private void Count(Asker asker, bool isShort, int change)
    {
        running += change;
        asker.Running += change;
        if (isShort)
            return;
        runningLong += change;
        asker.RunningLong += change;
    }

    private void GoLast(Asker asker)
    {
        askers.Remove(asker);
        askers.Add(asker);
    }

    private void Forget(Asker asker)
    {
        if (asker is { Running: 0, Line.Count: 0 })
            askers.Remove(asker);
    }

    /// <summary>An account with what it has running and waiting.</summary>
    private sealed class Asker(long? account)
    {
        public long? Account => account;

        public LinkedList<Waiter> Line { get; } = [];

        public int Running { get; set; }

        public int RunningLong { get; set; }
    }

    private sealed class Waiter(bool isShort)
    {
        public bool IsShort => isShort;

        public TaskCompletionSource<IDisposable> Began { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Turn(QueryTurns turns, Asker asker, bool isShort) : IDisposable
    {
        private int ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0)
                turns.End(asker, isShort);
        }
    }
}
