using System.Globalization;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Touching;

/// <summary>SQL that tells whom rows of a table touch, by their keys.</summary>
/// <param name="key">The column that is the table's key.</param>
internal sealed class TouchStatements(SourceCatalogue catalogue, TableTouch touch, string key)
{
    private readonly TouchPath way = new(catalogue, touch);

    /// <summary>True if every table and column of the way is there, and the key is one that can be asked for.</summary>
    public bool CanAsk =>
        way.IsThere && catalogue.Find(touch.Name, key) is { Type: SourceType.Integer or SourceType.Text };

    /// <summary>True if keys are numbers, which are asked for as such.</summary>
    public bool HasNumbers => catalogue.Find(touch.Name, key)?.Type == SourceType.Integer;

    /// <summary>Key, account and organisation of rows whose keys are in <c>$1</c>; at most <c>$2</c> rows.</summary>
    public string ByKeys => $"{Selected} where t0.\"{key}\" = any($1) limit $2";

    /// <summary>The same of all rows, from the key <c>$1</c> on, which is not among them.</summary>
    public string Page(int rows) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Selected} where t0.\"{key}\" > $1 order by t0.\"{key}\" limit {rows}"
        );

    /// <summary>The first of <see cref="Page"/>.</summary>
    public string FirstPage(int rows) =>
        string.Create(CultureInfo.InvariantCulture, $"{Selected} order by t0.\"{key}\" limit {rows}");

    private string Selected =>
        $"select cast(t0.\"{key}\" as text), {way.Account}, {way.Organization} from {way.From("left join")}";
}
