namespace UserReports.Sources.Generating;

/// <summary>
/// Rows of one chunk of accounts, by table; emptied after each chunk, so memory does not grow with the accounts.
/// </summary>
internal sealed class GeneratedRows
{
    private readonly Dictionary<string, List<object?[]>> platform = GeneratedSchema.Platform.Keys.ToDictionary(
        k => k,
        _ => new List<object?[]>(),
        StringComparer.Ordinal
    );

    private readonly Dictionary<string, List<object?[]>> usage = GeneratedSchema.Usage.Keys.ToDictionary(
        k => k,
        _ => new List<object?[]>(),
        StringComparer.Ordinal
    );

    public IReadOnlyDictionary<string, List<object?[]>> Platform => platform;

    public IReadOnlyDictionary<string, List<object?[]>> Usage => usage;

    /// <summary>Adds a row; the values are in the order of the table's columns.</summary>
    public void Add(string table, params object?[] values) =>
        (platform.TryGetValue(table, out var rows) ? rows : usage[table]).Add(values);

    public void Clear()
    {
        foreach (var rows in platform.Values.Concat(usage.Values))
            rows.Clear();
    }
}
