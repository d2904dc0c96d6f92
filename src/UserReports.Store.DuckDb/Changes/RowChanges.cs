namespace UserReports.Store.DuckDb.Changes;

/// <summary>A version of the rows with its figures.</summary>
/// <param name="Changed">Changed rows that it has.</param>
/// <param name="Replaced">Rows of the base that it has no longer.</param>
internal sealed record RowVersion(long Number, long Rows, int Changed, int Replaced);

/// <summary>
/// Which rows of the base are replaced, and which changed rows there are, by version: who asks for a version gets what
/// it had, while the next one is being written. One writer; any number of readers.
/// </summary>
internal sealed class RowChanges
{
    private readonly Lock gate = new();
    private readonly List<ChangedRow> rows;
    private readonly List<(int Ordinal, long Version)> replaced;
    private readonly Dictionary<int, long> replacedSince;
    private readonly Dictionary<long, List<ChangedRow>> byAccount = [];
    private RowVersion published;
    private long nextSequence;
    private long oldest;

    /// <summary>The state that a database was found in.</summary>
    public RowChanges(RowVersion version, IEnumerable<ChangedRow> rows, IEnumerable<int> replaced)
    {
        published = version;
        this.rows = [.. rows];
        this.replaced = [.. replaced.Select(ordinal => (ordinal, version.Number))];
        replacedSince = this.replaced.ToDictionary(each => each.Ordinal, each => each.Version);
        oldest = version.Number;
        nextSequence = this.rows.Count;
        foreach (var row in this.rows)
            AddToAccount(row);
    }

    /// <summary>What readers see.</summary>
    public RowVersion Published => Volatile.Read(ref published);

    /// <summary>Changed rows that are kept though no version to come has them.</summary>
    public int Dead
    {
        get
        {
            lock (gate)
                return rows.Count - published.Changed;
        }
    }

    /// <summary>An account's changed rows in the version to come; for the writer.</summary>
    public IReadOnlyList<ChangedRow> OfAccount(long userId) => byAccount.GetValueOrDefault(userId) ?? [];

    /// <summary>Whether a version has a row of the base no longer.</summary>
    public bool IsReplaced(int ordinal, long version)
    {
        lock (gate)
            return replacedSince.TryGetValue(ordinal, out var since) && since <= version;
    }

    /// <summary>The changed row of a document; null if there is none.</summary>
    public ChangedRow? OfDocument(long document)
    {
        lock (gate)
        {
            var (low, high) = (0, rows.Count);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (rows[middle].Document < document)
                    low = middle + 1;
                else
                    high = middle;
            }

            return low < rows.Count && rows[low].Document == document ? rows[low] : null;
        }
    }

    /// <summary>
    /// Whether all that a version had is still known. To be asked after the last look at it: what is too old may be
    /// forgotten meanwhile.
    /// </summary>
    public bool Knows(long version) => version >= Volatile.Read(ref oldest);

    /// <summary>
    /// Notes what the next version has and has not. Nobody sees it before <see cref="Publish"/>, though a transaction
    /// that sees the version finds it here.
    /// </summary>
    public RowVersion Prepare(
        IReadOnlyList<int> replacedNow,
        IReadOnlyList<ChangedRow> removed,
        IReadOnlyList<ChangedRow> added
    )
    {
        lock (gate)
        {
            var next = new RowVersion(
                published.Number + 1,
                published.Rows - replacedNow.Count - removed.Count + added.Count,
                published.Changed - removed.Count + added.Count,
                published.Replaced + replacedNow.Count
            );
            foreach (var ordinal in replacedNow)
            {
                replaced.Add((ordinal, next.Number));
                replacedSince.Add(ordinal, next.Number);
            }

            foreach (var row in removed)
            {
                row.Removed = next.Number;
                RemoveFromAccount(row);
            }

            rows.AddRange(added);
            foreach (var row in added)
                AddToAccount(row);
            return next;
        }
    }

    /// <summary>Numbers for changed rows to come.</summary>
    public long TakeSequences(int count)
    {
        var first = nextSequence;
        nextSequence += count;
        return first;
    }

    public void Publish(RowVersion version) => Volatile.Write(ref published, version);

    /// <summary>Changed rows of a version that were added behind another one, in their sequence.</summary>
    /// <param name="after">The sequence of the last one that is known; -1 for none.</param>
    public List<ChangedRow> Added(long after, long version)
    {
        lock (gate)
        {
            List<ChangedRow> found = [];
            for (var i = rows.Count - 1; i >= 0 && rows[i].Sequence > after; i--)
            {
                if (rows[i].IsIn(version))
                    found.Add(rows[i]);
            }

            found.Reverse();
            return found;
        }
    }

    /// <summary>The sequence of the last changed row that was added up to a version; -1 for none.</summary>
    public long LastSequence(long version)
    {
        lock (gate)
        {
            for (var i = rows.Count - 1; i >= 0; i--)
            {
                if (rows[i].Added <= version)
                    return rows[i].Sequence;
            }

            return -1;
        }
    }

    /// <summary>Ordinals of base rows that were replaced up to a version, from some place in their order on.</summary>
    public List<int> Replaced(int from, long version)
    {
        lock (gate)
        {
            List<int> found = [];
            for (var i = from; i < replaced.Count && replaced[i].Version <= version; i++)
                found.Add(replaced[i].Ordinal);
            return found;
        }
    }

    /// <summary>Forgets rows that no version from the published one on has.</summary>
    public void Forget()
    {
        Volatile.Write(ref oldest, published.Number);
        lock (gate)
            rows.RemoveAll(row => row.Removed <= oldest);
    }

    private void AddToAccount(ChangedRow row)
    {
        if (!byAccount.TryGetValue(row.UserId, out var own))
            byAccount[row.UserId] = own = [];
        own.Add(row);
    }

    private void RemoveFromAccount(ChangedRow row)
    {
        if (byAccount.TryGetValue(row.UserId, out var own) && own.Remove(row) && own.Count == 0)
            byAccount.Remove(row.UserId);
    }
}
