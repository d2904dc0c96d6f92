using System.Text.Encodings.Web;
using System.Text.Json;
using UserReports.Core.Reports;
using UserReports.Server.Explorer.Table;

namespace UserReports.Server.Explorer.Account;

/// <summary>The reports of one account, read for its page.</summary>
public sealed class AccountDocument
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private AccountDocument(IReadOnlyList<JsonElement> rows, string json) => (Rows, Json) = (rows, json);

    /// <summary>One report per organisation, at least one.</summary>
    public IReadOnlyList<JsonElement> Rows { get; }

    /// <summary>All of them as indented JSON.</summary>
    public string Json { get; }

    /// <summary>What is the same in every row: the account itself.</summary>
    public JsonElement Account => Rows[0];

    /// <summary>The account's name.</summary>
    public string Username => Account.GetProperty("username").GetString()!;

    /// <summary>When the rows were computed.</summary>
    public DateTimeOffset LastUpdated => Account.GetProperty("last_updated").GetDateTimeOffset();

    /// <summary>Reads documents; null if there are none.</summary>
    public static AccountDocument? Read(IReadOnlyList<ReadOnlyMemory<byte>> documents)
    {
        if (documents.Count == 0)
            return null;
        List<JsonElement> rows =
        [
            .. documents.Select(document => JsonSerializer.Deserialize<JsonElement>(document.Span)),
        ];
        return new(rows, JsonSerializer.Serialize(rows, Indented));
    }

    /// <summary>The balances of a row by metric; null where the plan does not include the metric.</summary>
    public static IEnumerable<(Metric Metric, BalanceValue? Balance)> Balances(JsonElement row)
    {
        var balances = row.GetProperty("service_usage").GetProperty("balances");
        return Metric.All.Select(metric => (metric, BalanceValue.Read(balances.GetProperty(metric.Key))));
    }

    /// <summary>The account's own scalar fields with their words, in the catalogue's order.</summary>
    public IEnumerable<(TableColumn Column, CellValue Value)> Identity() =>
        TableColumns
            .All.Where(c => c.Field.Parent is null or { Name: "extra_details" })
            .Select(c => (c, CellValue.Read(Account, c)));

    /// <summary>What the account itself did, in the catalogue's order.</summary>
    public IEnumerable<(TableColumn Column, CellValue Value)> Activity() =>
        TableColumns
            .All.Where(c => c.Key.StartsWith("activity__", StringComparison.Ordinal))
            .Select(c => (c, CellValue.Read(Account, c)));

    /// <summary>Where the limit of a metric comes from, in words; null without an organisation.</summary>
    public static string? LimitSource(JsonElement row, Metric metric) =>
        row.GetProperty("limit_sources") is { ValueKind: JsonValueKind.Object } sources
            ? sources.GetProperty(metric.Key).GetString()!.Replace('_', ' ')
            : null;

    /// <summary>The usage figures of a row, in the catalogue's order, without the balances.</summary>
    public static IEnumerable<(TableColumn Column, CellValue Value)> Usage(JsonElement row) =>
        TableColumns
            .All.Where(c =>
                c.Key.StartsWith("service_usage__", StringComparison.Ordinal)
                && !c.IsBalance
                && !c.Key.Contains("__balances__", StringComparison.Ordinal)
            )
            .Select(c => (c, CellValue.Read(row, c)));
}
