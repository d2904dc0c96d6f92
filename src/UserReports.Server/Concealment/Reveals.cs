namespace UserReports.Server.Concealment;

/// <summary>The reveals that have not ended, in memory: a restart ends them all.</summary>
public sealed class Reveals(TimeProvider time)
{
    /// <summary>How long one lasts.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(15);

    /// <summary>The longest reason, in characters.</summary>
    public const int ReasonMax = 500;

    /// <summary>How many a person has at once; of more the oldest ends.</summary>
    public const int PerBeholderMax = 100;

    private readonly Lock changing = new();
    private readonly Dictionary<Beholder, List<Reveal>> open = [];

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
    public void Begin(Beholder who, Reveal reveal)
    {
        lock (changing)
        {
            Forget();
            if (!open.TryGetValue(who, out var own))
                open[who] = own = [];
            own.RemoveAll(other => other.Target.Normal == reveal.Target.Normal);
            own.Add(reveal);
            if (own.Count > PerBeholderMax)
                own.RemoveAt(0);
        }
    }

    /// <summary>Those that a person has now, the newest first.</summary>
    public IReadOnlyList<Reveal> Of(Beholder who)
    {
        var now = time.GetUtcNow();
        lock (changing)
            return open.TryGetValue(who, out var own) ? [.. own.Where(one => now < one.EndsAt).Reverse()] : [];
    }

    /// <summary>Ends one, or all; false if there was none.</summary>
    public bool End(Beholder who, string? id)
    {
        lock (changing)
        {
            Forget();
            return open.TryGetValue(who, out var own) && own.RemoveAll(one => id is null || one.Id == id) > 0;
        }
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (who, own) in open)
        {
            own.RemoveAll(one => one.EndsAt <= now);
            if (own.Count == 0)
                open.Remove(who);
        }
    }
}
