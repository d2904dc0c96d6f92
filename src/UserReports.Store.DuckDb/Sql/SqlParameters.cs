using System.Globalization;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>
/// The values of a statement. Every value of a query goes through here: none is ever part of the SQL.
/// </summary>
public sealed class SqlParameters
{
    private readonly List<object> values = [];

    /// <summary>The values, in the order of their numbers.</summary>
    public IReadOnlyList<object> Values => values;

    /// <summary>Takes a value and returns what stands for it in the SQL, for example <c>$1</c>.</summary>
    public string Add(object value)
    {
        values.Add(value);
        return "$" + values.Count.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Takes an instant; the store's timestamps are UTC without a zone.</summary>
    public string Add(DateTimeOffset instant) =>
        Add((object)DateTime.SpecifyKind(instant.UtcDateTime, DateTimeKind.Unspecified));
}
