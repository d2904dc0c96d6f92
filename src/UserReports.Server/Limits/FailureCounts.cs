using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace UserReports.Server.Limits;

/// <summary>How often something happened to a key within a window, in a table that never grows.</summary>
/// <remarks>
/// Whoever guesses chooses the keys, so neither memory nor time may depend on how many there are: each key has eight
/// places where it may stand, and pushes out the one that matters least. The places follow from a secret of the
/// process, so nobody can aim at the place of another. No key is kept, only a digest.
/// </remarks>
internal sealed class FailureCounts(TimeSpan window)
{
    /// <summary>Keys that are told apart at the most.</summary>
    public const int KeysMax = Sets * Ways;

    private const int Sets = 1 << 15;
    private const int Ways = 8;

    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private readonly Slot[]?[] sets = new Slot[]?[Sets];
    private readonly Lock counting = new();

    /// <summary>How often it happened in the window that is open, and when that ends.</summary>
    public (int Count, DateTimeOffset End) Find(string key, DateTimeOffset now)
    {
        var digest = DigestOf(key);
        lock (counting)
        {
            foreach (var slot in sets[digest % Sets] ?? [])
            {
                if (slot.Digest == digest && slot.End > now)
                    return (slot.Count, slot.End);
            }

            return (0, now);
        }
    }

    /// <summary>Counts once more; a window opens with the first time.</summary>
    /// <returns>How often it has happened in this window.</returns>
    public int Add(string key, DateTimeOffset now)
    {
        var digest = DigestOf(key);
        lock (counting)
        {
            var slots = sets[digest % Sets] ??= new Slot[Ways];
            ref var place = ref slots[0];
            foreach (ref var slot in slots.AsSpan())
            {
                if (slot.Digest == digest && slot.End > now)
                    return ++slot.Count;
                if (slot.WorthAt(now).CompareTo(place.WorthAt(now)) < 0)
                    place = ref slot;
            }

            place = new(digest, now + window, 1);
            return 1;
        }
    }

    private ulong DigestOf(string key) =>
        MemoryMarshal.Read<ulong>(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(key)));

    private record struct Slot(ulong Digest, DateTimeOffset End, int Count)
    {
        /// <summary>A window that is over is worth nothing; then come few failures, and those that end soon.</summary>
        public readonly (int Count, DateTimeOffset End) WorthAt(DateTimeOffset now) =>
            End > now ? (Count, End) : default;
    }
}
