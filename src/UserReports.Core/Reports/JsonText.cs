using System.Text.Json;

namespace UserReports.Core.Reports;

/// <summary>A JSON value kept as its text, which is known to be well formed.</summary>
/// <remarks>Equality is that of the text.</remarks>
public sealed record JsonText
{
    /// <summary>How deep it may be nested: databases take far more than the 64 levels that readers take.</summary>
    public const int DepthMax = 10_000;

    private JsonElement[]? root;

    private JsonText(string text) => Text = text;

    /// <summary>The text, without a byte order mark.</summary>
    public string Text { get; }

    /// <summary>The value, parsed at first use.</summary>
    public JsonElement Root => (root ??= [JsonElement.Parse(Text, new JsonDocumentOptions { MaxDepth = DepthMax })])[0];

    /// <summary>True for a JSON object.</summary>
    public bool IsObject => Text.AsSpan().TrimStart() is ['{', ..];

    /// <inheritdoc/>
    public bool Equals(JsonText? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>Takes text from a source whose column type guarantees JSON (jsonb, json).</summary>
    public static JsonText Trusted(string text) => new(text);

    /// <summary>Takes any text; null if it is not one JSON value.</summary>
    public static JsonText? TryParse(string text)
    {
        try
        {
            using var _ = JsonDocument.Parse(text);
            return new(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// The member of an object, or null where this is no object or has no such member or it is JSON null.
    /// </summary>
    public JsonElement? Member(string name)
    {
        try
        {
            return
                Root.ValueKind == JsonValueKind.Object
                && Root.TryGetProperty(name, out var value)
                && value.ValueKind != JsonValueKind.Null
                ? value
                : null;
        }
        catch (InvalidOperationException)
        {
            // A neighbour's name is no text.
            return null;
        }
    }

    /// <summary>
    /// The text of a string; null for any other value, and for one with escapes that no text has, such as half a
    /// surrogate pair, which columns of type json let through.
    /// </summary>
    public static string? StringOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
