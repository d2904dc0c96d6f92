using UserReports.Sources.Schema;

namespace UserReports.Feed.Replication.Servers;

/// <summary>A table of the source that is followed, as it is there.</summary>
/// <param name="Number">The server's number of the table.</param>
/// <param name="Kind">r for a table; p for one in partitions.</param>
/// <param name="Identity">What a deletion carries: d the primary key, i an index, f the whole row, n nothing.</param>
/// <param name="Key">The columns of its primary key, or of that index; empty without one.</param>
/// <param name="Columns">Every column.</param>
internal sealed record FollowedTable(
    TableTouch Touch,
    string Schema,
    uint Number,
    char Kind,
    char Identity,
    IReadOnlyList<string> Key,
    IReadOnlyList<string> Columns
)
{
    public string Name => Touch.Name;

    /// <summary>The column by which rows are asked for and remembered; null if there is no such single one.</summary>
    public string? KeyColumn => Key is [var column] ? column : null;

    /// <summary>True if updates and deletions can be published without breaking the platform's statements.</summary>
    public bool HasIdentity => Identity == 'f' || (Identity != 'n' && Key.Count > 0);

    /// <summary>True if whose a row is has to be remembered by its key.</summary>
    public bool IsRemembered => Touch.Deletion == DeletedRow.Remembered;

    /// <summary>The columns that must be published: the key's, and those that name whom a row touches.</summary>
    public IReadOnlyList<string> Needed =>
        [.. Key.Concat(Touch.Columns.Select(column => column.Column)).Distinct(StringComparer.Ordinal)];
}

/// <summary>A table of a publication.</summary>
/// <param name="Columns">The columns that are published; null if all are, or it is not known.</param>
internal sealed record PublishedTable(
    string Publication,
    uint Number,
    string Name,
    IReadOnlyList<string>? Columns,
    bool HasFilter,
    bool Inserts,
    bool Updates,
    bool Deletes,
    bool Truncates
);
