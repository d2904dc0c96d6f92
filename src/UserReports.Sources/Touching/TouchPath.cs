using System.Globalization;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Touching;

/// <summary>The way from a table's rows to whom they touch, in SQL; the table is <c>t0</c>, the next one <c>t1</c>.
/// </summary>
public sealed class TouchPath(SourceCatalogue catalogue, TableTouch touch)
{
    /// <summary>The table's alias.</summary>
    public const string Alias = "t0";

    private const string Nothing = "cast(null as text)";

    private readonly SourceColumns columns = new(catalogue);

    /// <summary>True if the table, and every table and column on the way, is there.</summary>
    public bool IsThere
    {
        get
        {
            if (!catalogue.Has(touch.Name))
                return false;
            var at = touch.Name;
            foreach (var step in touch.Way)
            {
                if (!catalogue.Has(step.IsBack ? step.Table : at, step.Column) || !catalogue.Has(step.Table))
                    return false;
                at = step.Table;
            }

            return (touch.Target is null || catalogue.Has(at, touch.Target))
                && touch.Columns.All(column => catalogue.Has(touch.Name, column.Column));
        }
    }

    /// <summary>The account or owner that a row names, as text; null where it leads to an organisation alone.</summary>
    public string Account => Named(column => column.Touched != Touched.Organization);

    /// <summary>The organisation that a row names or leads to, as text; null where there is none.</summary>
    public string Organization =>
        touch.Target is { } target
            ? columns.Key(touch.Way[^1].Table, AliasOf(touch.Way.Count), target)
            : Named(column => column.Touched == Touched.Organization);

    /// <summary>The table with those on the way.</summary>
    /// <param name="join"><c>join</c>, or <c>left join</c> for rows that lead nowhere, too.</param>
    public string From(string join)
    {
        var from = $"{touch.Name} {Alias}";
        var (at, alias) = (touch.Name, Alias);
        foreach (var (i, step) in touch.Way.Index())
        {
            var next = AliasOf(i + 1);
            var same = step.IsBack
                ? columns.Same(
                    (step.Table, next, step.Column),
                    (at, alias, columns.Referred(step.Table, step.Column, at))
                )
                : columns.Same(
                    (at, alias, step.Column),
                    (step.Table, next, columns.Referred(at, step.Column, step.Table))
                );
            from += $" {join} {step.Table} {next} on {same}";
            (at, alias) = (step.Table, next);
        }

        return from;
    }

    private static string AliasOf(int step) => string.Create(CultureInfo.InvariantCulture, $"t{step}");

    private string Named(Func<ColumnTouch, bool> isMeant) =>
        touch.Columns.FirstOrDefault(isMeant) is { } found ? columns.Key(touch.Name, Alias, found.Column) : Nothing;
}
