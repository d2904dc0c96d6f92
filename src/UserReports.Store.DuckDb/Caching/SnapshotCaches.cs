namespace UserReports.Store.DuckDb.Caching;

/// <summary>The cache of the version that is read; what was found out about another one is forgotten.</summary>
internal sealed class SnapshotCaches
{
    private SnapshotCache latest = new("");

    /// <summary>What is known of a version.</summary>
    public SnapshotCache Of(SnapshotInfo snapshot)
    {
        var known = Volatile.Read(ref latest);
        if (known.Version == snapshot.Version)
            return known;
        known = new(snapshot.Version);
        Volatile.Write(ref latest, known);
        return known;
    }
}
