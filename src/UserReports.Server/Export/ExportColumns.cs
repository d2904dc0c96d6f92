using UserReports.Core.Query;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;

namespace UserReports.Server.Export;

/// <summary>
/// The columns of an export: the values of a report that stand in no list, each top-level list as one, and keys of
/// free-form JSON that were asked for.
/// </summary>
public sealed class ExportColumns
{
    /// <summary>Every column.</summary>
    public static readonly ExportColumns All = new([
        .. Enumerable.Range(0, DocumentNode.Leaves.Count).Select(ExportColumn.Of),
    ]);

    private ExportColumns(IReadOnlyList<ExportColumn> columns) => Columns = columns;

    /// <summary>The columns, in order.</summary>
    internal IReadOnlyList<ExportColumn> Columns { get; }

    /// <summary>The headers: paths, of a list without its brackets.</summary>
    public IEnumerable<string> Names => Columns.Select(column => column.Name);

    /// <summary>The columns at and below some paths, in the report's order; keys in that in which they are
    /// given.</summary>
    /// <param name="fields">Comma-separated paths; null or empty for all columns.</param>
    /// <exception cref="ExportRefusedException">A path is no column.</exception>
    public static ExportColumns Of(string? fields)
    {
        var wanted = PathText.SplitList(fields ?? "").Select(part => part.Text).Where(path => path.Length > 0).ToList();
        if (wanted.Count == 0)
            return All;
        return new([
            .. wanted.SelectMany(At).DistinctBy(column => (column.Leaf, column.Name)).OrderBy(column => column.Leaf),
        ]);
    }

    private static IReadOnlyList<ExportColumn> At(string path)
    {
        var below = All.Columns.Where(column => IsAtOrBelow(column.Name, path)).ToList();
        if (below.Count > 0)
            return below;
        if (ExportColumn.OfKey(path) is { } key)
            return [key];
        var near = NearestNames.Of(path, ReportCatalogue.All.Where(f => !f.IsBelowList).Select(f => f.Path));
        throw new ExportRefusedException(
            $"There is no column '{path}'." + (near.Count > 0 ? $" Did you mean {string.Join(" or ", near)}?" : "")
        );
    }

    private static bool IsAtOrBelow(string name, string path)
    {
        path = path.Replace("[]", "", StringComparison.Ordinal);
        return name == path || name.StartsWith(path + "__", StringComparison.Ordinal);
    }
}

/// <summary>An export that cannot be made as it was asked for; the message says why and what to do.</summary>
public sealed class ExportRefusedException(string message) : Exception(message);
