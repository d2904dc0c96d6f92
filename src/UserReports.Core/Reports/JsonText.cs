using System.Buffers;
using System.Text;
using System.Text.Json;

namespace UserReports.Core.Reports;

/// <summary>
/// A JSON value kept as its text, which is known to be well formed, in UTF-8: so it comes, and so it goes into
/// documents.
/// </summary>
/// <remarks>Equality is that of the text.</remarks>
public sealed record JsonText
{
    /// <summary>How deep it may be nested: databases take far more than the 64 levels that readers take.</summary>
    public const int DepthMax = 10_000;

    private static readonly JsonText None = new("{}"u8.ToArray());

    private readonly byte[] utf8;
    private JsonElement[]? root;

    private JsonText(byte[] utf8) => this.utf8 = utf8;

    /// <summary>The text, without a byte order mark.</summary>
    public ReadOnlySpan<byte> Utf8 => utf8;

    /// <summary>The text, made at each call.</summary>
    public string Text => Encoding.UTF8.GetString(utf8);

    /// <summary>The value, parsed at first use.</summary>
    public JsonElement Root => (root ??= [JsonElement.Parse(utf8, new JsonDocumentOptions { MaxDepth = DepthMax })])[0];

    /// <summary>True for a JSON object.</summary>
    public bool IsObject => Utf8.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    /// <inheritdoc/>
    public bool Equals(JsonText? other) => other is not null && Utf8.SequenceEqual(other.Utf8);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(utf8);
        return hash.ToHashCode();
    }

    /// <summary>Takes text from a source whose column type guarantees JSON (jsonb, json).</summary>
    public static JsonText Trusted(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Trusted(string)"/>
    /// <param name="utf8">Nobody may change it afterwards.</param>
    public static JsonText Trusted(byte[] utf8) => new(utf8);

    /// <summary>Takes any text; null if it is not one JSON value.</summary>
    public static JsonText? TryParse(string text)
    {
        try
        {
            using var _ = JsonDocument.Parse(text);
            return Trusted(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="TryParse(string)"/>
    /// <param name="utf8">Nobody may change it afterwards.</param>
    public static JsonText? TryParse(byte[] utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DepthMax });
            while (reader.Read()) { }

            return Trusted(utf8);
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

    /// <summary>True for an object that has such a member, be it JSON null.</summary>
    /// <param name="name">In ASCII.</param>
    public bool Has(string name)
    {
        var found = false;
        Keep(
            (ref reader) =>
            {
                found |= reader.ValueTextEquals(name);
                reader.Read();
                return true;
            }
        );
        return found;
    }

    /// <summary>
    /// The texts of some members of an object, and the object without the members that these are. Far cheaper than
    /// <see cref="Member"/> for each.
    /// </summary>
    /// <param name="names">In ASCII.</param>
    public JsonMembers Take(IReadOnlyList<string> names)
    {
        var texts = new string?[names.Count];
        var isOdd = false;
        var rest = Keep(
            (ref reader) =>
            {
                var place = 0;
                while (place < texts.Length && !Ascii.Equals(reader.ValueSpan, names[place]))
                    place++;
                isOdd |= reader.ValueIsEscaped;
                reader.Read();
                if (place == texts.Length)
                    return true;
                // Of several members of the same name the last counts, whatever it is.
                isOdd |=
                    texts[place] is not null || (reader.ValueIsEscaped && reader.TokenType == JsonTokenType.String);
                texts[place] =
                    reader.TokenType == JsonTokenType.String && !isOdd
                        ? Encoding.UTF8.GetString(reader.ValueSpan)
                        : null;
                return texts[place] is null;
            }
        );
        return isOdd
            ? new([.. names.Select(name => Member(name) is { } value ? StringOf(value) : null)], this)
            : new(texts, rest);
    }

    /// <summary>
    /// The same without a member, wherever this is an object that has it. The rest stays as it is written: some escapes
    /// are JSON, but no text.
    /// </summary>
    /// <param name="name">In ASCII.</param>
    public JsonText Without(string name) =>
        Utf8.IndexOf(Encoding.ASCII.GetBytes(name)) >= 0
            ? Keep(
                (ref reader) =>
                {
                    var isKept = !Ascii.Equals(reader.ValueSpan, name);
                    reader.Read();
                    return isKept;
                }
            )
            : this;

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

    /// <summary>An object with some of its members; this very text if it is none or all are kept.</summary>
    /// <param name="isKept">Is given the reader at a member's name and leaves it at the value's beginning.</param>
    private JsonText Keep(MemberFilter isKept)
    {
        var kept = ArrayPool<byte>.Shared.Rent(utf8.Length);
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DepthMax });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return this;
            var length = 0;
            var all = true;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var start = (int)reader.TokenStartIndex;
                var keep = isKept(ref reader);
                reader.Skip();
                all &= keep;
                if (!keep)
                    continue;
                kept[length] = (byte)(length == 0 ? '{' : ',');
                length++;
                var member = Utf8[start..(int)reader.BytesConsumed];
                member.CopyTo(kept.AsSpan(length));
                length += member.Length;
            }

            if (all)
                return this;
            if (length == 0)
                return None;
            kept[length++] = (byte)'}';
            return new(kept.AsSpan(0, length).ToArray());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(kept);
        }
    }

    private delegate bool MemberFilter(ref Utf8JsonReader reader);
}

/// <summary>What <see cref="JsonText.Take"/> took out of an object.</summary>
/// <param name="Texts">At their names' places; null where there is no such member or it is no text.</param>
/// <param name="Rest">
/// What else there is, and perhaps some of the texts once more; the value itself if it is no object.
/// </param>
public sealed record JsonMembers(IReadOnlyList<string?> Texts, JsonText Rest);
