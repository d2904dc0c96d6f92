using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using UserReports.Server.Explorer.Table;

namespace UserReports.Server.Explorer.State;

/// <summary>Everything that decides what the table page shows; it lives in the page's address and nowhere
/// else.</summary>
public sealed record ViewState
{
    /// <summary>The path of the page.</summary>
    public const string Path = "";

    private static readonly int[] Sizes = [25, 50, 100, 200];

    /// <summary>The query; empty for everybody.</summary>
    public string Q { get; init; } = "";

    /// <summary>As in the query language; empty for the default.</summary>
    public string Ordering { get; init; } = "";

    /// <summary>The columns, in order; never empty.</summary>
    public IReadOnlyList<ColumnChoice> Columns { get; init; } = TableColumns.Default;

    /// <summary>The page's cursor, or null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>Rows of a page.</summary>
    public int Size { get; init; } = 50;

    /// <summary>Whether instants are shown as they are rather than by how long ago they were.</summary>
    public bool ExactTimes { get; init; }

    /// <summary>Whether the figures and charts are shown above the table.</summary>
    public bool Charts { get; init; } = true;

    /// <summary>Metric of the chart of shares of limits; null for the first.</summary>
    public string? Metric { get; init; }

    /// <summary>The instant that the chart over time counts; null for the first.</summary>
    public string? Over { get; init; }

    /// <summary>The day (or instant) from whose snapshot the rows are; null for the present.</summary>
    public string? At { get; init; }

    /// <summary>The day (or instant) that the rows are compared with; null for no comparison.</summary>
    public string? From { get; init; }

    /// <summary>Which rows of a comparison are shown: one of <see cref="Changes"/>.</summary>
    public string Show { get; init; } = Changes[0];

    /// <summary>What a row of a comparison may have done.</summary>
    public static IReadOnlyList<string> Changes { get; } = ["entered", "left", "changed"];

    /// <summary>The sizes that can be chosen.</summary>
    public static IReadOnlyList<int> PageSizes => Sizes;

    /// <summary>Reads an address; what makes no sense takes its default.</summary>
    public static ViewState Parse(string uri)
    {
        var at = uri.IndexOf('?', StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(at < 0 ? "" : uri[at..]);
        string? Of(string name) =>
            query.TryGetValue(name, out var values) && !StringValues.IsNullOrEmpty(values) ? values[0] : null;
        ColumnChoice[] columns =
        [
            .. (Of("columns") ?? "")
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(ColumnChoice.Parse)
                .Where(choice => TableColumns.Find(choice.Key) is not null)
                .DistinctBy(choice => choice.Key),
        ];
        var size = int.TryParse(Of("size"), out var number) && Sizes.Contains(number) ? number : 50;
        return new()
        {
            Q = Of("q") ?? "",
            Ordering = Of("ordering") ?? "",
            Columns = columns.Length > 0 ? columns : TableColumns.Default,
            Cursor = Of("cursor"),
            Size = size,
            ExactTimes = Of("times") == "exact",
            Charts = Of("charts") != "off",
            Metric = Of("metric"),
            Over = Of("over"),
            At = Of("at"),
            From = Of("from"),
            Show = Changes.FirstOrDefault(change => change == Of("show")) ?? Changes[0],
        };
    }

    /// <summary>The address, relative to the explorer's root; defaults are left out.</summary>
    public string ToAddress()
    {
        List<KeyValuePair<string, string?>> pairs = [];
        void Add(string name, string? value, bool isDefault)
        {
            if (!isDefault)
                pairs.Add(new(name, value));
        }

        Add("q", Q, Q.Length == 0);
        Add("ordering", Ordering, Ordering.Length == 0);
        Add("columns", string.Join(',', Columns), Columns.SequenceEqual(TableColumns.Default));
        Add("cursor", Cursor, Cursor is null);
        Add("size", Size.ToString(System.Globalization.CultureInfo.InvariantCulture), Size == 50);
        Add("times", "exact", !ExactTimes);
        Add("charts", "off", Charts);
        Add("metric", Metric, Metric is null);
        Add("over", Over, Over is null);
        Add("at", At, At is null);
        Add("from", From, From is null);
        Add("show", Show, From is null || Show == Changes[0]);
        // The bare root would lead to the start page, so the page of everybody says so.
        return pairs.Count == 0 ? "?all" : QueryHelpers.AddQueryString("", pairs);
    }

    /// <summary>The address of a file with every row of the query, in this order and with these columns.</summary>
    /// <param name="mark">For csv: whether it begins with a byte order mark.</param>
    /// <param name="conceals">Whether names are concealed: then rows come as they do in the table.</param>
    public string ExportAddress(string format, bool mark = false, bool conceals = false)
    {
        List<KeyValuePair<string, string?>> pairs =
        [
            new("format", format),
            new("fields", string.Join(',', Columns.Select(c => TableColumns.Find(c.Key)!.ExportPath).Distinct())),
        ];
        // Without an ordering the file comes as the rows are kept, as the table does where names are concealed.
        if (Ordering.Length > 0 || !conceals)
            pairs.Add(new("ordering", Ordering.Length > 0 ? Ordering : "username"));
        if (Q.Length > 0)
            pairs.Add(new("q", Q));
        if (mark)
            pairs.Add(new("bom", "true"));
        if (At is not null)
            pairs.Add(new("at", At));
        return QueryHelpers.AddQueryString("api/v2/user-reports/export/", pairs);
    }

    /// <summary>The address of a file with every row that is shown of the comparison.</summary>
    /// <param name="fields">The compared fields, separated by commas.</param>
    public string ComparisonAddress(string format, string fields)
    {
        List<KeyValuePair<string, string?>> pairs =
        [
            new("format", format),
            new("from", From),
            new("show", Show),
            new("fields", fields),
        ];
        if (At is not null)
            pairs.Add(new("to", At));
        if (Q.Length > 0)
            pairs.Add(new("q", Q));
        if (Ordering.Length > 0)
            pairs.Add(new("ordering", Ordering));
        return QueryHelpers.AddQueryString("api/v2/user-reports/compare/", pairs);
    }

    /// <summary>The same view of other days, from its first page.</summary>
    public ViewState On(string? at, string? from) => this with { At = at, From = from, Cursor = null };

    /// <summary>The same view with another query, from its first page.</summary>
    public ViewState Asking(string q) => this with { Q = q.Trim(), Cursor = null };

    /// <summary>Whether both show the same rows with the same columns, however wide or pinned.</summary>
    public bool ReadsAs(ViewState other) =>
        (Q, Ordering, Cursor, Size) == (other.Q, other.Ordering, other.Cursor, other.Size)
        && (At, From, Show) == (other.At, other.From, other.Show)
        && Columns.Select(c => c.Key).SequenceEqual(other.Columns.Select(c => c.Key));

    /// <summary>The same view with one column put where another stands.</summary>
    public ViewState Moving(string key, string target)
    {
        var list = Columns.ToList();
        var from = list.FindIndex(c => c.Key == key);
        var to = list.FindIndex(c => c.Key == target);
        if (from < 0 || to < 0)
            return this;
        var moved = list[from];
        list.RemoveAt(from);
        list.Insert(to, moved);
        return this with { Columns = list };
    }

    /// <summary>Sorts by a path: ascending, then descending, then by the default.</summary>
    public ViewState SortedBy(string path) =>
        this with
        {
            Ordering =
                Ordering == path ? "-" + path
                : Ordering == "-" + path ? ""
                : path,
            Cursor = null,
        };
}
