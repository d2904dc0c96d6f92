namespace UserReports.Core.Reports;

/// <summary>
/// Something that an account uses and that a plan may limit. Everything that a metric needs elsewhere (source columns,
/// limit keys, balances, report fields, filters) follows from its declaration here.
/// </summary>
/// <param name="Key">The stem of every name of the metric, for example <c>asr_seconds</c>.</param>
/// <param name="Label">What people call it, in the plural, for example <c>speech-to-text seconds</c>.</param>
/// <param name="SourceColumn">
/// The column of the platform's language-service counters that is summed, or null for a metric of the usage database.
/// </param>
/// <param name="SourceColumnOptional">True if older platforms lack the column; usage is 0 there.</param>
public sealed record Metric(string Key, string Label, string? SourceColumn = null, bool SourceColumnOptional = false)
{
    /// <summary>Submissions received in the billing period.</summary>
    public static readonly Metric Submission = new("submission", "submissions");

    /// <summary>Bytes of attachments stored now.</summary>
    public static readonly Metric StorageBytes = new("storage_bytes", "bytes stored");

    /// <summary>The language services' metrics, in the report's order.</summary>
    public static readonly IReadOnlyList<Metric> LanguageServices =
    [
        new("asr_seconds", "seconds of speech turned into text", "total_asr_seconds"),
        new("mt_characters", "characters translated by machine", "total_mt_characters"),
        new("llm_requests", "requests to language models", "total_llm_requests", SourceColumnOptional: true),
    ];

    /// <summary>
    /// Every metric, in the report's order: <see cref="Submission"/>, <see cref="StorageBytes"/>, then the language
    /// services'.
    /// </summary>
    public static readonly IReadOnlyList<Metric> All = [Submission, StorageBytes, .. LanguageServices];

    /// <summary>The key of the metric's limit in the metadata of prices and products and in one-time add-ons.</summary>
    public string LimitKey => $"{Key}_limit";
}

/// <summary>One number for each metric of a fixed list, in that list's order.</summary>
/// <remarks>A class around an array, so that a new metric changes no signature.</remarks>
public sealed class MetricValues<T>(IReadOnlyList<Metric> metrics)
{
    private readonly T[] values = new T[metrics.Count];

    /// <summary>The metrics that have a value here, in order.</summary>
    public IReadOnlyList<Metric> Metrics => metrics;

    /// <summary>The value at the metric's place in <see cref="Metrics"/>.</summary>
    public T this[int index]
    {
        get => values[index];
        set => values[index] = value;
    }
}
