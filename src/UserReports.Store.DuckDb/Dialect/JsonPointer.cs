namespace UserReports.Store.DuckDb.Dialect;

/// <summary>JSON pointers, in which no key means anything but itself.</summary>
internal static class JsonPointer
{
    /// <summary>To the value below some keys; <c>$</c> is the whole.</summary>
    public static string Of(IReadOnlyList<string> keys) => keys.Count == 0 ? "$" : string.Concat(keys.Select(Step));

    private static string Step(string key) =>
        "/" + key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
