using System.Text.Json.Serialization;

namespace UserReports.Bench.Results;

/// <summary>One figure of a run. All figures are of the kind where less is better, unless said.</summary>
/// <param name="Topic">What is measured, for example <c>query</c> or <c>baseline</c>.</param>
/// <param name="Case">Which case of it; with the topic, unique in a run.</param>
/// <param name="Unit">For example <c>ms</c>, <c>s</c>, <c>MB</c>, <c>rows/s</c>.</param>
/// <param name="Value">The median where a case is measured more than once.</param>
/// <param name="P95">The 95th percentile, where a case is measured often enough.</param>
/// <param name="Rows">How many rows the case found, so that a wrong answer cannot look fast.</param>
public sealed record Measurement(
    string Topic,
    string Case,
    string Unit,
    double Value,
    double? P95 = null,
    long? Rows = null
)
{
    /// <summary>The unit of ratios to something slower.</summary>
    public const string TimesAsFast = "times as fast";

    /// <summary>True where more is better: rates.</summary>
    [JsonIgnore]
    public bool MoreIsBetter => Unit.EndsWith("/s", StringComparison.Ordinal) || Unit == TimesAsFast;

    /// <summary>Topic and case in one.</summary>
    [JsonIgnore]
    public string Key => $"{Topic} · {Case}";
}
