using System.Buffers;
using System.Text;
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
    /// The texts of some members of an object, at their names' places; null where there is none or it is no text. Far
    /// cheaper than <see cref="Member"/> for each.
    /// </summary>
    /// <param name="names">In ASCII.</param>
    public string?[] Strings(IReadOnlyList<string> names)
    {
        var values = new string?[names.Count];
        var bytes = Rent();
        try
        {
            var reader = Encode(bytes, out _);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return values;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueIsEscaped)
                    return OneByOne();
                var place = 0;
                while (place < values.Length && !Ascii.Equals(reader.ValueSpan, names[place]))
                    place++;
                reader.Read();
                if (place == values.Length)
                    reader.Skip();
                else if (reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped)
                    return OneByOne();
                else if (reader.TokenType == JsonTokenType.String)
                    values[place] = Encoding.UTF8.GetString(reader.ValueSpan);
                else
                {
                    // A later member of the same name counts, whatever it is.
                    values[place] = null;
                    reader.Skip();
                }
            }

            return values;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        string?[] OneByOne() => [.. names.Select(name => Member(name) is { } value ? StringOf(value) : null)];
    }

    /// <summary>
    /// The same without a member, wherever this is an object that has it. The rest stays as it is written: some escapes
    /// are JSON, but no text.
    /// </summary>
    /// <param name="name">In ASCII.</param>
    public JsonText Without(string name)
    {
        if (!Text.Contains(name, StringComparison.Ordinal))
            return this;
        var bytes = Rent();
        var kept = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            var reader = Encode(bytes, out var text);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return this;
            var length = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var start = (int)reader.TokenStartIndex;
                var isKept = !Ascii.Equals(reader.ValueSpan, name);
                reader.Read();
                reader.Skip();
                if (!isKept)
                    continue;
                kept[length] = (byte)(length == 0 ? '{' : ',');
                length++;
                var member = text[start..(int)reader.BytesConsumed];
                member.CopyTo(kept.AsSpan(length));
                length += member.Length;
            }

            return Trusted(length == 0 ? "{}" : $"{Encoding.UTF8.GetString(kept, 0, length)}}}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<byte>.Shared.Return(kept);
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

    /// <summary>Room for the text as UTF-8.</summary>
    private byte[] Rent() => ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(Text.Length));

    private Utf8JsonReader Encode(byte[] bytes, out ReadOnlySpan<byte> text)
    {
        text = bytes.AsSpan(0, Encoding.UTF8.GetBytes(Text, bytes));
        return new(text, new() { MaxDepth = DepthMax });
    }
}
