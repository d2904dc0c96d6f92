using System.Text.Json;
using UserReports.Core.Documents;
using UserReports.Core.Reports;

namespace UserReports.Refresh.Following;

/// <summary>
/// In which fields two documents of one row differ, but for when they were computed, and for what comes of snapshots of
/// past days: that is worked out anew once a day, and no change of a source that following could have missed.
/// </summary>
internal static class RowComparison
{
    private static readonly HashSet<string> Passing =
    [
        ReportDocument.LastUpdated,
        "trend__storage_bytes_7_days",
        "trend__storage_bytes_30_days",
        $"forecast__{Metric.StorageBytes.Key}",
    ];

    /// <summary>Paths of fields, as queries name them; a list counts as one field.</summary>
    public static IReadOnlyList<string> Differences(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other)
    {
        using var first = JsonDocument.Parse(one);
        using var second = JsonDocument.Parse(other);
        List<string> paths = [];
        Compare(first.RootElement, second.RootElement, "", paths);
        return paths;
    }

    private static void Compare(JsonElement one, JsonElement other, string path, List<string> paths)
    {
        if (one.ValueKind != JsonValueKind.Object || other.ValueKind != JsonValueKind.Object)
        {
            if (!JsonElement.DeepEquals(one, other))
                paths.Add(path);
            return;
        }

        foreach (var member in one.EnumerateObject())
        {
            var name = path.Length == 0 ? member.Name : $"{path}__{member.Name}";
            if (Passing.Contains(name))
                continue;
            if (other.TryGetProperty(member.Name, out var value))
                Compare(member.Value, value, name, paths);
            else
                paths.Add(name);
        }

        paths.AddRange(
            from member in other.EnumerateObject()
            where !one.TryGetProperty(member.Name, out _)
            select path.Length == 0 ? member.Name : $"{path}__{member.Name}"
        );
    }
}
