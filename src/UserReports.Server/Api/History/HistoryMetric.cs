using System.Text.Json;
using UserReports.Core.Billing;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.History;

namespace UserReports.Server.Api.History;

/// <summary>Something that an account's history has for each day.</summary>
internal sealed class HistoryMetric
{
    /// <summary>Submissions of the day to the projects of the organisation's owner.</summary>
    public static readonly HistoryMetric Submissions = new("submissions", null);

    /// <summary>Submissions of the day to the account's own projects.</summary>
    public static readonly HistoryMetric OwnSubmissions = new("own_submissions", null);

    /// <summary>The names of the products that the organisation is subscribed to.</summary>
    public static readonly HistoryMetric Products = new("products", ProductsOf);

    private static readonly Dictionary<string, HistoryMetric> ByName = new[] { Submissions, OwnSubmissions, Products }
        .Concat(
            ReportCatalogue
                .All.Where(field => field is { IsScalar: true, IsBelowList: false, Personal: PersonalKind.None })
                .Select(field => OfField(field.Path))
        )
        .ToDictionary(metric => metric.Name, StringComparer.Ordinal);

    /// <summary>The bytes stored.</summary>
    public static readonly HistoryMetric StorageBytes = ByName["service_usage__total_storage_bytes"];

    private readonly Func<JsonElement, string?>? read;

    private HistoryMetric(string name, Func<JsonElement, string?>? read) => (Name, this.read) = (name, read);

    /// <summary>What is shown where nothing is chosen.</summary>
    public static IReadOnlyList<HistoryMetric> Usual { get; } =
    [
        Submissions,
        Products,
        StorageBytes,
        .. Metric.LanguageServices.Select(metric =>
            Find($"service_usage__total_nlp_usage__{metric.Key}_current_period")!
        ),
        .. Metric.All.SelectMany(metric => (HistoryMetric[])[LimitOf(metric), PercentOf(metric)]),
        Find("account_restricted")!,
    ];

    /// <summary>As it is asked for: a name of its own, or a field's path.</summary>
    public string Name { get; }

    /// <summary>True if the platform's own counters tell it, and no snapshot is needed.</summary>
    public bool IsCounted => read is null;

    /// <summary>The limit of a metric.</summary>
    public static HistoryMetric LimitOf(Metric metric) =>
        Find($"service_usage__balances__{metric.Key}__effective_limit")!;

    /// <summary>How much of its limit is used, in percent.</summary>
    public static HistoryMetric PercentOf(Metric metric) =>
        Find($"service_usage__balances__{metric.Key}__balance_percent")!;

    /// <summary>By its name; null if there is none.</summary>
    public static HistoryMetric? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Names that somebody may have meant.</summary>
    public static IReadOnlyList<string> Near(string name) => NearestNames.Of(name, ByName.Keys);

    /// <summary>The value in a row's document, as JSON.</summary>
    /// <returns>Null where it is null.</returns>
    public string? Read(JsonElement document) => read?.Invoke(document);

    private static HistoryMetric OfField(string path)
    {
        var way = new JsonWay([.. path.Split("__")]);
        return new(path, way.Find);
    }

    private static string ProductsOf(JsonElement document)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (var subscription in document.GetProperty("subscriptions").EnumerateArray())
        {
            if (subscription.GetProperty("status").GetString() is not { } status || !Plans.IsInForce(status))
                continue;
            foreach (var item in subscription.GetProperty("items").EnumerateArray())
            {
                if (
                    item.GetProperty("price") is { ValueKind: JsonValueKind.Object } price
                    && price.GetProperty("product") is { ValueKind: JsonValueKind.Object } product
                )
                    names.Add(
                        product.GetProperty("name") is { ValueKind: JsonValueKind.String } name
                            ? name.GetRawText()
                            : product.GetProperty("id").GetRawText()
                    );
            }
        }

        return $"[{string.Join(',', names)}]";
    }
}
