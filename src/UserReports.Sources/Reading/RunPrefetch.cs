using UserReports.Sources.Connections;
using UserReports.Sources.Load;
using UserReports.Sources.Stripe;

namespace UserReports.Sources.Reading;

/// <summary>What a run has read before its ranges, and keeps between them.</summary>
/// <param name="Blocks">Null where organisations are not guessed by where they lie.</param>
/// <param name="Stripe">Null without Stripe.</param>
/// <param name="ReadAt">When <paramref name="Stripe"/> was read: a timestamp of the time provider.</param>
internal sealed record RunPrefetch(
    HeapBlockLocator? Blocks,
    RecentOrganizations Recent,
    StripePrefetch? Stripe,
    long ReadAt
)
{
    /// <summary>After so long what was read is read anew.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    /// <summary>Reads what every range of a run needs.</summary>
    public static Task<RunPrefetch> ReadAsync(
        SourceDatabase platform,
        SourceShape shape,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        platform.ReadForRunAsync(
            SourceWork.Run,
            async session => new RunPrefetch(
                await HeapBlockLocator.CreateAsync(session, cancellationToken),
                new(time, KeptFor),
                await ReadStripeAsync(session, shape, cancellationToken),
                time.GetTimestamp()
            ),
            cancellationToken
        );

    /// <summary>False once Stripe's tables are to be read anew.</summary>
    public bool IsFresh(TimeProvider time) => time.GetElapsedTime(ReadAt) <= KeptFor;

    /// <summary>The same with Stripe's tables as they stand now.</summary>
    public async Task<RunPrefetch> ReadAnewAsync(
        SourceDatabase platform,
        SourceShape shape,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var stripe = await platform.ReadForRunAsync(
            SourceWork.Run,
            session => ReadStripeAsync(session, shape, cancellationToken),
            cancellationToken
        );
        return this with { Stripe = stripe, ReadAt = time.GetTimestamp() };
    }

    private static async Task<StripePrefetch?> ReadStripeAsync(
        SourceSession session,
        SourceShape shape,
        CancellationToken cancellationToken
    ) =>
        shape.Inspection.HasStripe
            ? await StripePrefetch.ReadAsync(session, shape.Platform, withKeys: true, cancellationToken)
            : null;
}
