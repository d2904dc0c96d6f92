using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using UserReports.Bench.Serving;

namespace UserReports.Bench.Following;

/// <summary>All published rows in short, to compare two moments: by account and organisation, without what the clock
/// alone changes.</summary>
internal static partial class PublishedRows
{
    public static async Task<IReadOnlyDictionary<string, UInt128>> ReadAsync(
        ReportServer server,
        CancellationToken cancellationToken
    )
    {
        using var answer = await server.Client.GetAsync(
            "export/?format=ndjson",
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken
        );
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        Dictionary<string, UInt128> rows = new(StringComparer.Ordinal);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            using var row = JsonDocument.Parse(line);
            var hash = new XxHash128();
            foreach (var member in row.RootElement.EnumerateObject())
            {
                if (!member.NameEquals("last_updated"))
                    hash.Append(Encoding.UTF8.GetBytes(member.Name + Age().Replace(member.Value.GetRawText(), "")));
            }

            var organization = row.RootElement.GetProperty("organization");
            var key =
                row.RootElement.GetProperty("username").GetString()
                + " "
                + (organization.ValueKind == JsonValueKind.Object ? organization.GetProperty("uid").GetString() : "");
            rows[key] = hash.GetCurrentHashAsUInt128();
        }

        return rows;
    }

    /// <summary>How many rows are only in one, or differ; with the keys of some.</summary>
    public static string Compare(
        IReadOnlyDictionary<string, UInt128> followed,
        IReadOnlyDictionary<string, UInt128> computed
    )
    {
        var missing = computed.Keys.Where(key => !followed.ContainsKey(key)).ToList();
        var surplus = followed.Keys.Where(key => !computed.ContainsKey(key)).ToList();
        var differing = computed.Where(row => followed.TryGetValue(row.Key, out var was) && was != row.Value).ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{computed.Count} rows: {missing.Count} missing, {surplus.Count} too many, {differing.Count} differ"
                + $" {string.Join(", ", missing.Concat(surplus).Concat(differing.Select(row => row.Key)).Take(8))}"
        );
    }

    [GeneratedRegex("\"inactive_days\":[^,}]*")]
    private static partial Regex Age();
}
