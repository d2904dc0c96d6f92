using System.Globalization;
using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.DuckDb.Sql;

/// <summary>
/// Comparisons of the row's own name, of which the table has the parts: what asks for rows by name reads the account's
/// number alone.
/// </summary>
internal sealed class RowIdSql(SqlParameters parameters)
{
    /// <summary>The name as text.</summary>
    public const string Text = "(user_id::varchar || '-' || coalesce(organization_id, 'orgnone'))";

    /// <summary>True for the path of the row's name.</summary>
    public static bool Is(FieldPath path) => path.Field == ReportCatalogue.RowId;

    public string Write(Condition.Comparison comparison)
    {
        List<string> values = [.. comparison.Values.Select(JsonTest.TextOf)];
        if (comparison.Lookup is not (Lookup.Exact or Lookup.In))
            return Compare(comparison.Lookup, values);
        List<string> accounts =
        [
            .. values.Select(AccountOf).OfType<long>().Distinct().Select(id => parameters.Add(id)),
        ];
        return accounts.Count switch
        {
            0 => "false",
            1 => $"(user_id = {accounts[0]} and {Compare(comparison.Lookup, values)})",
            _ => $"(user_id in ({string.Join(", ", accounts)}) and {Compare(comparison.Lookup, values)})",
        };
    }

    private string Compare(Lookup lookup, List<string> values) =>
        new TextSql(parameters).Write(Text, $"casefold({Text})", lookup, values);

    /// <summary>The account's number at the beginning of a name, or null if it is no name of a row.</summary>
    private static long? AccountOf(string name) =>
        name.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash
        && long.TryParse(name.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;
}
