using UserReports.Feed.Ledger;
using UserReports.Workspace.Reveals;

namespace UserReports.Server.Concealment;

/// <summary>The reveals that have not ended: one that is granted, or ended, on one node is so on all.</summary>
/// <remarks>Every member throws <see cref="LedgerException"/> if the workspace cannot be used.</remarks>
public sealed class Reveals(RevealStore store, TimeProvider time)
{
    /// <summary>How long one lasts.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(15);

    /// <summary>The longest reason, in characters.</summary>
    public const int ReasonMax = 500;

    /// <summary>Why a reason is none; null if it is one.</summary>
    public static string? FaultOf(string reason) =>
        string.IsNullOrWhiteSpace(reason) ? "Say why the names must be seen: it is recorded with the reveal."
        : reason.Length > ReasonMax ? $"A reason has at most {ReasonMax} characters; here are {reason.Length}."
        : null;

    /// <summary>A reveal that would begin now; nothing is revealed yet.</summary>
    public Reveal Draw(RevealTarget target, string reason)
    {
        var now = time.GetUtcNow();
        return new(Guid.NewGuid().ToString("N"), target, reason, now, now + Length);
    }

    /// <summary>Begins a reveal; one of the same target takes the place of the one before.</summary>
    public Task BeginAsync(Beholder who, Reveal reveal, CancellationToken cancellationToken) =>
        store.BeginAsync(
            OwnerOf(who),
            new(
                reveal.Id,
                reveal.Target.UserUid,
                reveal.Target.Username,
                reveal.Target.Q,
                reveal.Target.Normal,
                reveal.Reason,
                reveal.StartedAt,
                reveal.EndsAt
            ),
            cancellationToken
        );

    /// <summary>Those that a person has now, the newest first.</summary>
    public async Task<IReadOnlyList<Reveal>> OfAsync(Beholder who, CancellationToken cancellationToken) =>
        [
            .. (await store.OfAsync(OwnerOf(who), cancellationToken)).Select(kept => new Reveal(
                kept.Id,
                new(kept.UserUid, kept.OfName, kept.Q, kept.Target),
                kept.Reason,
                kept.StartedAt,
                kept.EndsAt
            )),
        ];

    /// <summary>Ends one, or all; false if there was none.</summary>
    public Task<bool> EndAsync(Beholder who, string? id, CancellationToken cancellationToken) =>
        store.EndAsync(OwnerOf(who), id, cancellationToken);

    private static RevealOwner OwnerOf(Beholder who) => new(who.AccountId, who.Username, who.Credential);
}
