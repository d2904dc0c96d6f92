using UserReports.Core.Reports;

namespace UserReports.Server.Explorer.Table;

/// <summary>A column that the table can show.</summary>
/// <param name="Key">As in the address; for most the path in the query language.</param>
/// <param name="Field">What it shows: a value, free-form JSON with <paramref name="JsonKey"/>, a list's values, or a
/// balance.</param>
/// <param name="JsonKey">A known key of the free-form field, or null.</param>
/// <param name="Width">Pixels, unless the reader chose another width.</param>
public sealed record TableColumn(string Key, Field Field, string? JsonKey, string Title, string Group, int Width)
{
    /// <summary>True for a balance, which is drawn as a bar.</summary>
    public bool IsBalance => Field.Kind == FieldKind.Object && !Field.IsSeries;

    /// <summary>True for what the account itself did.</summary>
    public bool IsActivity => Field.Parent?.Name == "activity";

    /// <summary>True for what can be said of when a limit is reached, which is shown as words.</summary>
    public bool IsForecastState => Field is { Name: "state", Parent.Parent.Name: "forecast" };

    /// <summary>True for a number of bytes.</summary>
    public bool IsBytes =>
        Field.Name.EndsWith("storage_bytes", StringComparison.Ordinal)
        || (Field.Parent?.Name == "trend" && Field.Name.StartsWith("storage_bytes", StringComparison.Ordinal))
        || (Field.Parent?.Name == Metric.StorageBytes.Key && Field.Name is ("effective_limit" or "balance_value"));

    /// <summary>True for a number, which stands at the right.</summary>
    public bool IsNumber => Field.Kind is FieldKind.Integer or FieldKind.Decimal && !Field.IsBelowList;

    /// <summary>The path to order by, or null if there is no order in it.</summary>
    public string? SortPath =>
        IsBalance ? $"{Key}__balance_percent"
        : Field.IsBelowList || Field.IsSeries ? null
        : Key;

    /// <summary>What a file holds of it: a value in a list comes with its whole list.</summary>
    public string ExportPath
    {
        get
        {
            if (!Field.IsBelowList)
                return Key;
            var top = Field;
            while (top.Parent is { } parent)
                top = parent;
            return top.Name;
        }
    }
}
