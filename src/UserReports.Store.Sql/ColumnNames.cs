using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.Sql;

/// <summary>What the columns of the table of reports are called, whatever engine keeps it.</summary>
/// <remarks>
/// Each scalar has a column by its path; a text that people search in has a case-folded copy; keys of free-form JSON
/// that are known have a column each, for their texts; and the values of a scalar below a list that people filter by
/// are a list of their own.
/// </remarks>
public static class ColumnNames
{
    /// <summary>The account's number, which with the organisation ends every order.</summary>
    public const string UserId = "user_id";

    /// <summary>The organisation's identifier; null in a row without one.</summary>
    public const string OrganizationId = "organization_id";

    /// <summary>Of a field.</summary>
    public static string Of(Field field) => field.Path;

    /// <summary>Of the case-folded copy of a searched text.</summary>
    public static string OfFolded(Field field) => field.Path + "__folded";

    /// <summary>Of a known key of free-form JSON.</summary>
    public static string OfKey(Field field, string key) => $"{field.Path}__{key}";

    /// <summary>The column of a field.</summary>
    public static SqlText Column(Field field) => SqlText.Name(Of(field));

    /// <summary>The column that holds a path's value if it is text; null if its key has none.</summary>
    public static SqlText? KeyColumn(FieldPath path) =>
        path.Keys is [{ } key] && path.Field.KnownKeys.Contains(key, StringComparer.Ordinal)
            ? SqlText.Name(OfKey(path.Field, key))
            : null;

    /// <summary>Whether the column of a path's field is a list of all its values in a row.</summary>
    public static bool IsListOfValues(FieldPath path) =>
        path.Field.IsCollected && path.Elements.All(element => element is null);
}
