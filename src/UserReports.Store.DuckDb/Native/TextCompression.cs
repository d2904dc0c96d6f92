namespace UserReports.Store.DuckDb.Native;

/// <summary>
/// How texts are to be stored, by the name of their column. It changes no answer: a column that is not named here is
/// packed, which is right for most.
/// </summary>
internal static class TextCompression
{
    /// <summary>For texts that hardly repeat.</summary>
    public const string Packed = "fsst";

    /// <summary>For texts of which there are few, each in many rows.</summary>
    public const string ByPlace = "dictionary";

    /// <summary>For texts that nothing packs, and lists, whose codes leave little to pack.</summary>
    public const string Unpacked = "uncompressed";

    /// <summary>The columns that are not <see cref="Packed"/>.</summary>
    public static readonly IReadOnlyDictionary<string, string> Exceptions = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        // A machine made them, another for nearly every row.
        ["organization_id"] = Unpacked,
        ["organization__uid"] = Unpacked,
        ["user_uid"] = Unpacked,
        // They are chosen from a list.
        ["organization__role"] = ByPlace,
        ["extra_details__data__country"] = ByPlace,
        ["extra_details__data__sector"] = ByPlace,
        ["extra_details__data__organization_type"] = ByPlace,
        ["extra_details__data__last_ui_language"] = ByPlace,
        ["limit_sources__submission"] = ByPlace,
        ["limit_sources__storage_bytes"] = ByPlace,
        ["limit_sources__asr_seconds"] = ByPlace,
        ["limit_sources__mt_characters"] = ByPlace,
        ["limit_sources__llm_requests"] = ByPlace,
    };

    /// <summary>What DuckDB calls the way in which a column's texts are stored.</summary>
    public static string Of(string column) => Exceptions.GetValueOrDefault(column, Packed);
}
