using UserReports.Core.Reports;
using UserReports.Server.Explorer.State;

namespace UserReports.Server.Explorer.Table;

/// <summary>Every column that the table can show, derived from the catalogue.</summary>
public static class TableColumns
{
    private static readonly string[] DefaultKeys =
    [
        "username",
        "organization__name",
        "organization__role",
        "subscriptions[]__items[]__price__product__name",
        "service_usage__balances__submission",
        "service_usage__balances__storage_bytes",
        "service_usage__total_storage_bytes",
        "service_usage__total_submission_count__current_period",
        "date_joined",
        "last_login",
    ];

    /// <summary>Parents whose name tells a reader nothing.</summary>
    private static readonly HashSet<string> Silent = new(StringComparer.Ordinal)
    {
        "service_usage",
        "extra_details",
        "data",
        "total_nlp_usage",
        "balances",
        "items",
        "activity",
        "trend",
    };

    /// <summary>All of them, in the catalogue's order.</summary>
    public static readonly IReadOnlyList<TableColumn> All = [.. ReportCatalogue.All.SelectMany(Of)];

    private static readonly Dictionary<string, TableColumn> ByKey = All.ToDictionary(
        c => c.Key,
        StringComparer.Ordinal
    );

    /// <summary>What is shown unless the reader chose otherwise.</summary>
    public static readonly IReadOnlyList<ColumnChoice> Default =
    [
        .. DefaultKeys.Where(ByKey.ContainsKey).Select((key, index) => new ColumnChoice(key, index == 0)),
    ];

    /// <summary>The column of that key, or null.</summary>
    public static TableColumn? Find(string key) => ByKey.GetValueOrDefault(key);

    /// <summary>The columns that were chosen, in their order.</summary>
    /// <exception cref="KeyNotFoundException">A choice is of no column; addresses are read without such.</exception>
    public static IReadOnlyList<TableColumn> Of(IReadOnlyList<ColumnChoice> choices) =>
        [.. choices.Select(choice => ByKey[choice.Key])];

    private static IEnumerable<TableColumn> Of(Field field)
    {
        if (field.Kind == FieldKind.Json && !field.IsBelowList)
        {
            foreach (var key in field.KnownKeys)
                yield return new($"{field.Path}__{key}", field, key, Words(key), GroupOf(field), 140);
        }
        else if (IsBalance(field) || field.IsSeries || IsShown(field))
        {
            yield return new(field.Path, field, null, TitleOf(field), GroupOf(field), WidthOf(field));
        }
    }

    private static bool IsShown(Field field) =>
        field is { IsScalar: true, IsInSeries: false } && (!field.IsBelowList || field.IsCollected);

    private static bool IsBalance(Field field) =>
        field.Kind == FieldKind.Object && field.Children.Any(child => child.Name == "balance_percent");

    private static string TitleOf(Field field)
    {
        if (field.Path == "subscriptions[]__items[]__price__product__name")
            return "Plan";
        List<string> names = [field.Name];
        for (var parent = field.Parent; parent is not null; parent = parent.Parent)
        {
            if (!Silent.Contains(parent.Name))
                names.Insert(0, parent.Name);
        }

        var words = Words(string.Join('_', names.TakeLast(2)));
        return IsBalance(field) ? $"{words} limit used"
            : field.Parent?.Name == "limit_sources" ? $"{Words(field.Name)} limit from"
            : field.Parent?.Parent?.Name == "forecast" ? ForecastTitleOf(field)
            : field.Parent?.Name == "trend" ? TrendTitleOf(field)
            : words;
    }

    private static string ForecastTitleOf(Field field)
    {
        var metric = Words(field.Parent!.Name);
        return field.Name switch
        {
            "state" => $"{metric} forecast",
            "days_to_limit" => $"{metric} days to limit",
            "days_to_limit_earliest" => $"{metric} days to limit, at the earliest",
            _ => $"{metric} limit reached on",
        };
    }

    private static string TrendTitleOf(Field field) =>
        field.Name switch
        {
            "storage_bytes_7_days" => "Storage grown in 7 days",
            "storage_bytes_30_days" => "Storage grown in 30 days",
            "submissions_7_days_before" => "Submissions of the 7 days before",
            "submissions_percent" => "Submissions in % of 30 days before",
            _ => Words(field.Name),
        };

    private static string GroupOf(Field field)
    {
        var top = field;
        while (top.Parent is { } parent)
            top = parent;
        return top.Children.Count == 0 ? "Account" : Words(top.Name);
    }

    private static string Words(string name)
    {
        var words = name.Replace('_', ' ')
            .Replace("organization", "organisation", StringComparison.Ordinal)
            .Replace("uid", "id", StringComparison.Ordinal)
            .Replace("mfa", "MFA", StringComparison.Ordinal)
            .Replace("asr", "ASR", StringComparison.Ordinal)
            .Replace("llm", "LLM", StringComparison.Ordinal)
            .Replace("sso", "SSO", StringComparison.Ordinal)
            .Replace("tos", "terms", StringComparison.Ordinal)
            .Replace("total submission count", "submissions", StringComparison.Ordinal)
            .Replace("total storage bytes", "storage", StringComparison.Ordinal)
            .Replace("storage bytes", "storage", StringComparison.Ordinal)
            .Replace("mt characters", "MT characters", StringComparison.Ordinal)
            .Replace("ui language", "UI language", StringComparison.Ordinal);
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static int WidthOf(Field field) =>
        field.Kind switch
        {
            FieldKind.Object => 155,
            FieldKind.Boolean => 100,
            FieldKind.Integer or FieldKind.Decimal => 110,
            FieldKind.Instant => 134,
            _ => field.IsSearched ? 180 : 120,
        };
}
