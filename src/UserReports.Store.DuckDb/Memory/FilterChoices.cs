using System.Collections.Concurrent;
using UserReports.Core.Query;
using UserReports.Store.DuckDb.Changes;
using UserReports.Store.DuckDb.Orders;
using UserReports.Store.DuckDb.Reading;

namespace UserReports.Store.DuckDb.Memory;

/// <summary>
/// Which rows filters mean. Of the base that is found out once, a bit for each row; of changed rows, once for each: so
/// a count is right in every version, and none of them is a scan.
/// </summary>
internal sealed class FilterChoices
{
    private const long BytesMax = 32L << 20;

    private readonly ConcurrentDictionary<string, Known> filters = new(StringComparer.Ordinal);
    private long bytes;
    private long uses;

    /// <summary>Whether a filter's rows of the base are known.</summary>
    public bool Has(Condition filter) => filters.ContainsKey(filter.ToString()!);

    /// <summary>
    /// A filter's rows, as of the published version or that of the transaction; null if that is too old.
    /// </summary>
    public RowChoice? Of(ReadTransaction reading, GenerationMemory memory, Condition filter)
    {
        var known = filters.GetOrAdd(filter.ToString()!, _ => new(filter));
        known.LastUse = Interlocked.Increment(ref uses);
        known.Unasked = 0;
        return Of(reading, memory, known);
    }

    /// <summary>What was asked for lately, as of the published version, before somebody asks again.</summary>
    /// <param name="most">How many filters.</param>
    /// <param name="unaskedMax">How many versions of one may pass that nobody asks for.</param>
    public void Advance(
        Func<ReadTransaction> begin,
        GenerationMemory memory,
        int most,
        int unaskedMax,
        CancellationToken cancellationToken
    )
    {
        foreach (
            var known in filters
                .Values.Where(known => known.OfBase is not null && known.Unasked++ < unaskedMax)
                .OrderByDescending(known => known.LastUse)
                .Take(most)
        )
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var reading = begin();
            Of(reading, memory, known);
        }
    }

    private RowChoice? Of(ReadTransaction reading, GenerationMemory memory, Known known)
    {
        // Whoever asks the same meanwhile waits for the one scan.
        lock (known)
        {
            try
            {
                if (known.OfBase is null)
                {
                    known.OfBase = FilterStatements.OfBase(reading, memory.Base, known.Filter);
                    Interlocked.Add(ref bytes, known.OfBase.Bytes);
                    MakeRoom(known);
                }

                return Latest(reading, memory, known);
            }
            catch
            {
                if (known.OfBase is null)
                    filters.TryRemove(new(known.Filter.ToString()!, known));
                throw;
            }
        }
    }

    private static RowChoice? Latest(ReadTransaction reading, GenerationMemory memory, Known known)
    {
        var changes = memory.Changes;
        var published = changes.Published;
        if (!reading.IsOpen && known.Latest?.Version == published.Number)
            return known.Latest;
        if (!reading.IsOpen && published.Changed + published.Replaced == 0)
            return known.Latest = new(published.Number, known.OfBase!, 0, []);
        var version = reading.Version;
        if (known.Latest is { } latest && latest.Version >= version)
            return latest.Version == version ? latest : null;
        var replaced = changes.Replaced(known.ReplacedSeen, version);
        var added = changes.Added(known.SequenceSeen, version);
        HashSet<ChangedRow> changed = [.. known.Latest?.Changed.Where(row => row.IsIn(version)) ?? []];
        if (added.Count > 0)
        {
            var met = FilterStatements.OfChanged(reading, known.Filter, added[0].Document);
            changed.UnionWith(added.Where(row => met.Contains(row.Document)));
        }

        var choice = new RowChoice(
            version,
            known.OfBase!,
            (known.Latest?.Replaced ?? 0) + replaced.Count(known.OfBase!.Contains),
            changed
        );
        if (!changes.Knows(version))
            return null;
        known.ReplacedSeen += replaced.Count;
        known.SequenceSeen = Math.Max(known.SequenceSeen, changes.LastSequence(version));
        return known.Latest = choice;
    }

    private void MakeRoom(Known newest)
    {
        while (Interlocked.Read(ref bytes) > BytesMax && filters.Count > 1)
        {
            var oldest = filters.Where(pair => pair.Value != newest).MinBy(pair => pair.Value.LastUse);
            if (oldest.Value is null || !filters.TryRemove(oldest))
                break;
            Interlocked.Add(ref bytes, -(oldest.Value.OfBase?.Bytes ?? 0));
        }
    }

    /// <summary>A filter's rows of the base, and what was known last.</summary>
    private sealed class Known(Condition filter)
    {
        public Condition Filter => filter;

        public int Unasked { get; set; }

        public OrdinalSet? OfBase { get; set; }

        public RowChoice? Latest { get; set; }

        public int ReplacedSeen { get; set; }

        public long SequenceSeen { get; set; } = -1;

        public long LastUse { get; set; }
    }
}
