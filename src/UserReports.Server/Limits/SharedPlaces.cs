using System.Threading.RateLimiting;

namespace UserReports.Server.Limits;

/// <summary>
/// Places that accounts share, of which each may hold some: nobody waits, a place is free or it is not.
/// </summary>
internal sealed class SharedPlaces(int max, int accountMax) : IDisposable
{
    private readonly ConcurrencyLimiter all = new(Bound(max));

    // Forgets the accounts that hold nothing.
    private readonly PartitionedRateLimiter<long> ofAccounts = PartitionedRateLimiter.Create<long, long>(account =>
        RateLimitPartition.GetConcurrencyLimiter(account, _ => Bound(accountMax))
    );

    /// <summary>How many one account may hold.</summary>
    public int AccountMax => accountMax;

    /// <summary>How many there are.</summary>
    public int Max => max;

    /// <summary>A place until it is disposed of, or which bound stands against it.</summary>
    public Place Take(long account)
    {
        var own = ofAccounts.AttemptAcquire(account);
        if (!own.IsAcquired)
        {
            own.Dispose();
            return new(PlaceBound.Account, null, null);
        }

        var shared = all.AttemptAcquire();
        if (shared.IsAcquired)
            return new(PlaceBound.None, own, shared);
        shared.Dispose();
        own.Dispose();
        return new(PlaceBound.All, null, null);
    }

    public void Dispose()
    {
        all.Dispose();
        ofAccounts.Dispose();
    }

    private static ConcurrencyLimiterOptions Bound(int max) => new() { PermitLimit = max, QueueLimit = 0 };
}

/// <summary>What stands against one more.</summary>
internal enum PlaceBound
{
    /// <summary>Nothing: the place is taken.</summary>
    None,

    /// <summary>The account holds as many as it may.</summary>
    Account,

    /// <summary>All are held.</summary>
    All,
}

/// <summary>A place that is given back when it is disposed of, once; or none.</summary>
internal sealed class Place(PlaceBound bound, RateLimitLease? own, RateLimitLease? shared) : IDisposable
{
    public PlaceBound Bound => bound;

    public void Dispose()
    {
        shared?.Dispose();
        own?.Dispose();
    }
}
