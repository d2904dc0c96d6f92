using System.Globalization;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.Sql.Dialects;

namespace UserReports.Store.Sql.Filters;

/// <summary>
/// Comparisons of the row's own name, of which the table has the parts: what asks for rows by name reads the account's
/// number alone.
/// </summary>
internal sealed class RowIdSql(SqlDialect dialect)
{
    /// <summary>True for the path of the row's name.</summary>
    public static bool Is(FieldPath path) => path.Field == ReportCatalogue.RowId;

    public SqlText Write(Condition.Comparison comparison)
    {
        var values = TextSql.TextsOf(comparison);
        var name = dialect.RowName;
        var compared = TextSql.Write(dialect.Text, name, dialect.Text.Folded(name), comparison.Lookup, values);
        if (comparison.Lookup is not (Lookup.Exact or Lookup.In))
            return compared;
        List<long> accounts = [.. values.Select(AccountOf).OfType<long>().Distinct()];
        return accounts.Count switch
        {
            0 => SqlText.False,
            1 => SqlText.Of($"(user_id = {accounts[0]} and {compared})"),
            _ => SqlText.Of($"(user_id in ({SqlText.Values(accounts)}) and {compared})"),
        };
    }

    /// <summary>The account's number at the beginning of a name, or null if it is no name of a row.</summary>
    private static long? AccountOf(string name) =>
        name.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash
        && long.TryParse(name.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;
}
