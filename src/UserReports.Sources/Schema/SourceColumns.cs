using System.Globalization;

namespace UserReports.Sources.Schema;

/// <summary>
/// SQL for columns of whatever type the platform gives them. A column of the usual type stands there as it is: only
/// others cost a cast.
/// </summary>
public sealed class SourceColumns(SourceCatalogue catalogue)
{
    /// <summary>
    /// The value of a column: as it comes, or as text for <see cref="SourceRow"/> to read; null without the column, and
    /// for one that cannot be read so.
    /// </summary>
    /// <param name="alias">The table's alias or name.</param>
    public string Value(string table, string alias, string column, ValueKind kind) =>
        catalogue.Find(table, column) is { } found && found.CanBeReadAs(kind)
            ? found.IsNaturally(kind)
                ? Name(alias, column)
                : AsText(alias, column)
            : "cast(null as text)";

    /// <summary>An identifier, to be compared with text.</summary>
    public string Key(string table, string alias, string column) => Value(table, alias, column, ValueKind.Text);

    /// <summary>A column that is true or false, or a number that is not 0 or 0.</summary>
    public string Condition(string table, string alias, string column) =>
        catalogue.Find(table, column) is { Type: SourceType.Boolean }
            ? Name(alias, column)
            : $"({Name(alias, column)} <> 0)";

    /// <summary>A column as a day, UTC.</summary>
    public string Day(string table, string alias, string column) =>
        catalogue.Find(table, column) switch
        {
            { Type: SourceType.Date } => Name(alias, column),
            { TypeName: var type } when type.Contains("with time zone", StringComparison.OrdinalIgnoreCase) =>
                $"cast({Name(alias, column)} at time zone 'UTC' as date)",
            _ => $"cast({Name(alias, column)} as date)",
        };

    /// <summary>
    /// A column as a number that can be added up; null where the value is no number or beyond 64 bits.
    /// </summary>
    public string Counter(string table, string alias, string column) =>
        catalogue.Find(table, column) is { Type: SourceType.Float }
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"case when {Name(alias, column)} between {-1e18:F0} and {1e18:F0} then cast({Name(alias, column)} as numeric) end"
            )
            : Name(alias, column);

    /// <summary>The condition that two keys are the same, also where one is a number and the other is text.</summary>
    public string Same((string Table, string Alias, string Column) a, (string Table, string Alias, string Column) b)
    {
        var (typeOfA, typeOfB) = (catalogue.Find(a.Table, a.Column)?.Type, catalogue.Find(b.Table, b.Column)?.Type);
        return typeOfA == typeOfB && typeOfA is SourceType.Text or SourceType.Integer
            ? $"{Name(a.Alias, a.Column)} = {Name(b.Alias, b.Column)}"
            : $"{AsText(a.Alias, a.Column)} = {AsText(b.Alias, b.Column)}";
    }

    /// <summary>
    /// The column of one of dj-stripe's tables that another table's column refers to: platforms choose between the
    /// platform's number and Stripe's id.
    /// </summary>
    public string Referred(string table, string column, string target) =>
        catalogue.Find(table, column) is { Type: SourceType.Integer } && catalogue.Has(target, "djstripe_id")
            ? "djstripe_id"
            : "id";

    private static string Name(string alias, string column) => $"{alias}.\"{column}\"";

    private static string AsText(string alias, string column) => $"cast({Name(alias, column)} as text)";
}
