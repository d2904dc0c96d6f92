using System.Text.Json;

namespace UserReports.EndToEnd.Tests;

/// <summary>Compares whole reports.</summary>
internal static class AssertReports
{
    private const int DifferencesShown = 20;

    /// <summary>Every row is there once, none beside, and every field of each is equal.</summary>
    public static void Equal(IReadOnlyDictionary<RowKey, JsonElement> expected, IReadOnlyList<JsonElement> actual)
    {
        var found = actual.ToLookup(RowKey.Of);
        var differences = new List<string>();
        differences.AddRange(found.Where(rows => rows.Count() > 1).Select(rows => $"{rows.Key}: {rows.Count()} rows"));
        differences.AddRange(
            found.Where(rows => !expected.ContainsKey(rows.Key)).Select(rows => $"{rows.Key}: not expected")
        );
        foreach (var (key, document) in expected)
        {
            if (found[key].FirstOrDefault() is { ValueKind: JsonValueKind.Object } row)
                differences.AddRange(
                    JsonDifference.Between(document, row).Select(difference => $"{key}: {difference}")
                );
            else
                differences.Add($"{key}: missing");
        }

        if (differences.Count > 0)
        {
            Assert.Fail(
                $"{differences.Count} differences in {expected.Count} rows:\n"
                    + string.Join('\n', differences.Take(DifferencesShown))
            );
        }
    }
}
