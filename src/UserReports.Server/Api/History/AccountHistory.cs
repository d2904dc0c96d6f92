using System.Text.Encodings.Web;
using System.Text.Json;

namespace UserReports.Server.Api.History;

/// <summary>An account's numbers by day.</summary>
/// <param name="Row">The row's latest document, as whoever asks may see it.</param>
/// <param name="TakenAt">For each day when its snapshot was taken; null for a day of which there is none, or none with
/// the row.</param>
/// <param name="Missing">What could not be had at all.</param>
internal sealed record AccountHistory(
    JsonElement Row,
    IReadOnlyList<DateOnly> Days,
    IReadOnlyList<DateTimeOffset?> TakenAt,
    IReadOnlyList<HistorySeries> Series,
    IReadOnlyList<MissingPart> Missing
)
{
    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The values of a metric; null if it was not asked for.</summary>
    public IReadOnlyList<string?>? Of(HistoryMetric metric) =>
        Series.FirstOrDefault(series => series.Metric == metric)?.Values;

    /// <summary>The answer as JSON.</summary>
    public byte[] ToJson()
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, Writing))
            Write(writer);
        return output.ToArray();
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        RowIdentity.Write(writer, Row);
        writer.WriteStartArray("days");
        foreach (var day in Days)
            writer.WriteStringValue(PastReports.Spell(day));
        writer.WriteEndArray();
        writer.WriteStartArray("taken_at");
        foreach (var taken in TakenAt)
        {
            if (taken is { } instant)
                writer.WriteStringValue(PastReports.Spell(instant));
            else
                writer.WriteNullValue();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("series");
        foreach (var series in Series)
        {
            writer.WriteStartObject();
            writer.WriteString("metric", series.Metric.Name);
            writer.WriteString("source", series.Metric.IsCounted ? "platform" : "snapshots");
            writer.WriteStartArray("values");
            foreach (var value in series.Values)
                writer.WriteRawValue(value ?? "null", skipInputValidation: true);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("missing");
        foreach (var part in Missing)
        {
            writer.WriteStartObject();
            writer.WriteString("source", part.Source);
            writer.WriteString("code", part.Code);
            writer.WriteString("detail", part.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>One metric's values, for each day one, as JSON; null for what is missing, or null itself.</summary>
internal sealed record HistorySeries(HistoryMetric Metric, IReadOnlyList<string?> Values);

/// <summary>What could not be had.</summary>
/// <param name="Source">Where it comes from: <c>platform</c> or <c>snapshots</c>.</param>
/// <param name="Code">As of a problem.</param>
/// <param name="Detail">Why, and what to do.</param>
internal sealed record MissingPart(string Source, string Code, string Detail);
