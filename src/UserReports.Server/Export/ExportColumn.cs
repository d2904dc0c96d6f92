using System.Globalization;
using System.Text.Json;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;

namespace UserReports.Server.Export;

/// <summary>A column of an export: a value of a report, or what stands at a key of its free-form JSON.</summary>
/// <param name="Leaf">Number among the leaves of a report.</param>
/// <param name="Keys">The way into free-form JSON; empty for the value itself.</param>
/// <param name="Name">The header: the path, of a list without its brackets.</param>
internal sealed record ExportColumn(int Leaf, IReadOnlyList<string> Keys, string Name)
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = JsonText.DepthMax };

    public Field Field => DocumentNode.Leaves[Leaf];

    /// <summary>True for a key, of which each row's value says its own type.</summary>
    public bool IsKey => Keys.Count > 0;

    /// <summary>The column of a field.</summary>
    public static ExportColumn Of(int leaf) =>
        new(leaf, [], DocumentNode.Leaves[leaf].Path.Replace("[]", "", StringComparison.Ordinal));

    /// <summary>The column of a key of free-form JSON, or null if the path is none.</summary>
    /// <param name="path">As in the query language; a list's elements are reached by their place alone.</param>
    public static ExportColumn? OfKey(string path)
    {
        if (PathText.Split(path) is not { } segments)
            return null;
        for (var depth = 1; depth < segments.Count; depth++)
        {
            var name = string.Join(PathText.Separator, segments.Take(depth).Select(segment => segment.Written));
            var leaf = DocumentNode.Leaves.Index().FirstOrDefault(leaf => leaf.Item.Path == name);
            if (leaf.Item is not { Kind: FieldKind.Json })
                continue;
            var keys = segments.Skip(depth).ToList();
            return keys.SkipLast(1).Any(key => key.Lists > 0) || keys.Any(key => key is { Text: "", IsQuoted: false })
                ? null
                : new(leaf.Index, [.. keys.Select(key => key.Text)], $"{name}{PathText.Separator}{WrittenOf(keys)}");
        }

        return null;
    }

    /// <summary>The place of the value within a document.</summary>
    /// <param name="cells">Of the document's leaves.</param>
    public Cell Find(ReadOnlySpan<byte> document, ReadOnlySpan<Cell> cells)
    {
        var cell = cells[Leaf];
        for (var i = 0; i < Keys.Count && !cell.IsNull; i++)
        {
            var within = Within(cell.Of(document), Keys[i]);
            cell = within.IsNull ? within : new(cell.Start + within.Start, within.Length);
        }

        return cell;
    }

    /// <summary>What a value that is not null is: text, JSON, true or false, a number, an instant.</summary>
    public FieldKind KindOf(ReadOnlySpan<byte> json) =>
        !IsKey
            ? Field.Kind
            : json[0] switch
            {
                (byte)'"' => IsText(json) ? FieldKind.Text : FieldKind.Json,
                (byte)'{' or (byte)'[' => FieldKind.Json,
                (byte)'t' or (byte)'f' => FieldKind.Boolean,
                _ => FieldKind.Decimal,
            };

    private static string WrittenOf(List<PathSegment> keys) =>
        string.Join(PathText.Separator, keys.Select((key, i) => PathText.Segment(key.Text, isFirst: i == 0)));

    private static Cell Within(ReadOnlySpan<byte> json, string key)
    {
        var reader = new Utf8JsonReader(json, ReaderOptions);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
            return ElementOf(ref reader, key);
        if (reader.TokenType != JsonTokenType.StartObject)
            return default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = IsName(ref reader, key);
            reader.Read();
            if (isIt)
                return ValueAt(ref reader);
            reader.Skip();
        }

        return default;
    }

    private static Cell ElementOf(ref Utf8JsonReader reader, string key)
    {
        if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
            return default;
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == place)
                return ValueAt(ref reader);
            reader.Skip();
        }

        return default;
    }

    private static Cell ValueAt(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return default;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new(start, (int)reader.BytesConsumed - start);
    }

    private static bool IsName(ref Utf8JsonReader reader, string key)
    {
        try
        {
            return reader.ValueTextEquals(key);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: JSON, but no text.
            return false;
        }
    }

    private static bool IsText(ReadOnlySpan<byte> json)
    {
        if (!json.Contains((byte)'\\'))
            return true;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
