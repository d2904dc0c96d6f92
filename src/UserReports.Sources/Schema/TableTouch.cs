namespace UserReports.Sources.Schema;

/// <summary>Whose reports may change with a row of a source table, and which of the row's events matter.</summary>
/// <remarks>
/// The publication, the reading of its stream and the questions for accounts that are elsewhere all follow from it.
/// </remarks>
/// <param name="Name">The table.</param>
/// <param name="Columns">Columns that name an account or an organisation; empty where another row does.</param>
/// <param name="Deletion">What becomes of a row that is deleted.</param>
public sealed record TableTouch(string Name, IReadOnlyList<ColumnTouch> Columns, DeletedRow Deletion)
{
    /// <summary>
    /// The way to <see cref="Target"/> of the last table, from the row's key on; empty where a column of the row tells.
    /// </summary>
    public IReadOnlyList<TouchStep> Way { get; init; } = [];

    /// <summary>The column that names the organisation at the end of the way.</summary>
    public string? Target { get; init; }

    /// <summary>
    /// True where a change may touch everybody, or so many that they are not asked for one by one: a run is needed.
    /// </summary>
    public bool TouchesEverybody { get; init; }

    /// <summary>
    /// True where a row holds secrets, personal data or much else that has no business on its way to us: only the
    /// columns that are needed are published, on servers that can do so.
    /// </summary>
    public bool IsPrivate { get; init; }
}

/// <summary>A column, and what it names.</summary>
public sealed record ColumnTouch(string Column, Touched Touched);

/// <summary>What is touched by a row.</summary>
public enum Touched
{
    /// <summary>An account: its own facts.</summary>
    Account,

    /// <summary>An account whose usage it is: the organisations that it owns change with it.</summary>
    Owner,

    /// <summary>An organisation, for everybody who belongs there.</summary>
    Organization,
}

/// <summary>
/// What a deletion tells: it carries the key of the row alone, for sources are never asked to log whole rows.
/// </summary>
public enum DeletedRow
{
    /// <summary>
    /// Not published: another event tells it, or the row leaves nothing behind that could be wrong before the next run.
    /// </summary>
    Unpublished,

    /// <summary>The key names what is touched.</summary>
    Keyed,

    /// <summary>Whose the row is was remembered by its key while it was there.</summary>
    Remembered,
}

/// <summary>A step from one table to the next.</summary>
/// <param name="Table">The next table.</param>
/// <param name="Column">The column that refers from one to the other.</param>
/// <param name="IsBack">True if it is the next table's and refers back to this one.</param>
public sealed record TouchStep(string Table, string Column, bool IsBack);
