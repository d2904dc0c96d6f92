using System.Globalization;
using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.History;

/// <summary>A way through JSON to a value that two moments are compared by.</summary>
/// <param name="Steps">
/// Names of members; of a list a place, as digits; null for every element. Of every element the values are one value: a
/// list, without nulls.
/// </param>
public sealed record JsonWay(IReadOnlyList<string?> Steps)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonText.DepthMax };

    /// <summary>Whether every element of some list is meant.</summary>
    public bool IsOfSeveral => Steps.Contains(null);

    /// <summary>From a row's document to a path.</summary>
    public static JsonWay Of(FieldPath path) => new([.. StepsOf(path).Concat(path.Keys)]);

    /// <summary>From the outermost list on a path to the path.</summary>
    public static JsonWay WithinList(FieldPath path)
    {
        var above = path.Steps.TakeWhile(step => step.Kind != FieldKind.List).Count();
        return new([.. StepsOf(path).Skip(above + 1).Concat(path.Keys)]);
    }

    /// <summary>The value at the end of the way, as JSON.</summary>
    /// <returns>Null where it is null or missing.</returns>
    public string? Find(string json)
    {
        using var document = JsonDocument.Parse(json, Options);
        return Find(document.RootElement);
    }

    /// <inheritdoc cref="Find(string)"/>
    public string? Find(JsonElement value)
    {
        List<JsonElement> found = [value];
        foreach (var step in Steps)
        {
            found = step is null
                ? [.. found.Where(IsList).SelectMany(list => list.EnumerateArray())]
                : [.. found.Select(from => Below(from, step)).OfType<JsonElement>()];
        }

        var texts = found.Where(one => one.ValueKind != JsonValueKind.Null).Select(one => one.GetRawText());
        return IsOfSeveral ? $"[{string.Join(',', texts)}]" : texts.FirstOrDefault();
    }

    private static IEnumerable<string?> StepsOf(FieldPath path)
    {
        var list = 0;
        foreach (var step in path.Steps)
        {
            yield return step.Name;
            if (step.Kind == FieldKind.List && list < path.Elements.Count)
                yield return path.Elements[list++]?.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static bool IsList(JsonElement value) => value.ValueKind == JsonValueKind.Array;

    private static JsonElement? Below(JsonElement value, string step)
    {
        if (value.ValueKind == JsonValueKind.Object)
            return value.TryGetProperty(step, out var member) ? member : null;
        return
            IsList(value)
            && step is "0" or [not '0', ..]
            && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            && place < value.GetArrayLength()
            ? value[place]
            : null;
    }
}
