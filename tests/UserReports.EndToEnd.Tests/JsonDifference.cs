using System.Text.Json;

namespace UserReports.EndToEnd.Tests;

/// <summary>
/// Where two JSON values differ. The order of an object's members does not count; a number's spelling neither.
/// </summary>
internal static class JsonDifference
{
    /// <summary>Lists whose order the report leaves open: they are compared by their elements' ids.</summary>
    private static readonly string[] Unordered = ["items", "default_tax_rates"];

    public static IEnumerable<string> Between(JsonElement expected, JsonElement actual, string path = "$")
    {
        if (expected.ValueKind != actual.ValueKind)
            return [$"{path}: expected {Shown(expected)}, was {Shown(actual)}"];
        return expected.ValueKind switch
        {
            JsonValueKind.Object => OfObjects(expected, actual, path),
            JsonValueKind.Array => OfArrays(expected, actual, path),
            JsonValueKind.Number when expected.GetDecimal() == actual.GetDecimal() => [],
            JsonValueKind.Number => [$"{path}: expected {Shown(expected)}, was {Shown(actual)}"],
            _ when JsonElement.DeepEquals(expected, actual) => [],
            _ => [$"{path}: expected {Shown(expected)}, was {Shown(actual)}"],
        };
    }

    private static IEnumerable<string> OfObjects(JsonElement expected, JsonElement actual, string path)
    {
        foreach (var member in expected.EnumerateObject())
        {
            if (!actual.TryGetProperty(member.Name, out var value))
                yield return $"{path}.{member.Name}: missing";
            else
                foreach (var difference in Between(member.Value, value, $"{path}.{member.Name}"))
                    yield return difference;
        }

        foreach (var member in actual.EnumerateObject().Where(member => !expected.TryGetProperty(member.Name, out _)))
            yield return $"{path}.{member.Name}: not expected, was {Shown(member.Value)}";
    }

    private static IEnumerable<string> OfArrays(JsonElement expected, JsonElement actual, string path)
    {
        if (expected.GetArrayLength() != actual.GetArrayLength())
            return [$"{path}: expected {expected.GetArrayLength()} elements, was {actual.GetArrayLength()}"];
        return Elements(expected, path)
            .Zip(Elements(actual, path))
            .Index()
            .SelectMany(pair => Between(pair.Item.First, pair.Item.Second, $"{path}[{pair.Index}]"));
    }

    private static IEnumerable<JsonElement> Elements(JsonElement list, string path) =>
        Unordered.Any(name => path.EndsWith($".{name}", StringComparison.Ordinal))
        && list.EnumerateArray().All(element => element.ValueKind == JsonValueKind.Object)
            ? list.EnumerateArray().OrderBy(element => element.GetProperty("id").GetString(), StringComparer.Ordinal)
            : list.EnumerateArray();

    private static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 200 ? text : text[..200] + "…";
    }
}
