using UserReports.Sources.Schema;
using UserReports.Sources.Touching;

namespace UserReports.Feed.Polling;

/// <summary>SQL for rows of a table together with whom they touch.</summary>
internal sealed class PolledRows(SourceCatalogue catalogue, PolledTable table)
{
    /// <summary>What stands for a row that touches everybody.</summary>
    private const string Everybody = "''";

    private readonly SourceColumns columns = new(catalogue);
    private readonly TouchPath way = new(catalogue, table.Touch);

    private string Name => table.Touch.Name;

    /// <summary>True if the table, and every table and column on the way to whom it touches, is there.</summary>
    public bool CanAsk => way.IsThere;

    /// <summary>The table, with those on the way to whom it touches.</summary>
    public string From => way.From("join");

    /// <summary>The account or owner that a row touches, as text or null.</summary>
    public string Account => table.Touch.TouchesEverybody ? Everybody : way.Account;

    /// <summary>The organisation that a row touches, as text or null.</summary>
    public string Organization => table.Touch.TouchesEverybody ? Everybody : way.Organization;

    /// <summary>Whom a row touches: account or owner, then organisation.</summary>
    public string Touched => $"{Account}, {Organization}";

    /// <summary>True if the account's usage is touched, and with it every organisation that it owns.</summary>
    public bool TouchesOwner => table.Touch.Columns.Any(column => column.Touched == Sources.Schema.Touched.Owner);

    /// <summary>All that a report reads of a row, as one text that is another one whenever something of it
    /// changes.</summary>
    public string Hash
    {
        get
        {
            var read = SourceTouches
                .ReadColumns(Name)
                .Concat(table.Links)
                .Distinct(StringComparer.Ordinal)
                .Where(column => catalogue.Has(Name, column))
                .Order(StringComparer.Ordinal);
            return $"md5(concat_ws('|', {string.Join(", ", read.Select(column => $"coalesce(cast({Of(column)} as text), '~')"))}))";
        }
    }

    /// <summary>A column of the table.</summary>
    public static string Of(string column) => $"{TouchPath.Alias}.\"{column}\"";

    /// <summary>The table's day, in SQL.</summary>
    public string Day => columns.Day(Name, TouchPath.Alias, table.Day!);

    /// <summary>The sum of the counters of a group that there are; never null.</summary>
    public string Sum =>
        $"cast(coalesce(sum({string.Join(" + ", table.Counters.Where(column => catalogue.Find(Name, column)?.CanBeReadAs(ValueKind.Counter) ?? false).Select(column => $"coalesce({columns.Counter(Name, TouchPath.Alias, column)}, 0)").DefaultIfEmpty("0"))}), 0) as bigint)";
}
