using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Server.Export;

/// <summary>
/// The columns of an export: the values of a report that stand in no list, and each top-level list as one.
/// </summary>
public sealed class ExportColumns
{
    /// <summary>Every column.</summary>
    public static readonly ExportColumns All = new([.. Enumerable.Range(0, DocumentNode.Leaves.Count)]);

    private ExportColumns(IReadOnlyList<int> leaves) => Leaves = leaves;

    /// <summary>Numbers among the leaves of a report.</summary>
    internal IReadOnlyList<int> Leaves { get; }

    /// <summary>The fields, in order.</summary>
    internal IEnumerable<Field> Fields => Leaves.Select(leaf => DocumentNode.Leaves[leaf]);

    /// <summary>The headers: paths, of a list without its brackets.</summary>
    public IEnumerable<string> Names => Fields.Select(NameOf);

    /// <summary>The columns at and below some paths, in the report's order.</summary>
    /// <param name="fields">Comma-separated paths; null or empty for all columns.</param>
    /// <exception cref="ExportRefusedException">A path is no column.</exception>
    public static ExportColumns Of(string? fields)
    {
        var wanted = (fields ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (wanted.Length == 0)
            return All;
        foreach (var path in wanted)
        {
            if (!DocumentNode.Leaves.Any(field => IsAtOrBelow(NameOf(field), path)))
            {
                var near = NearestNames.Of(path, ReportCatalogue.All.Where(f => !f.IsBelowList).Select(f => f.Path));
                throw new ExportRefusedException(
                    $"There is no column '{path}'."
                        + (near.Count > 0 ? $" Did you mean {string.Join(" or ", near)}?" : "")
                );
            }
        }

        return new([
            .. DocumentNode
                .Leaves.Index()
                .Where(leaf => wanted.Any(path => IsAtOrBelow(NameOf(leaf.Item), path)))
                .Select(leaf => leaf.Index),
        ]);
    }

    private static string NameOf(Field field) => field.Path.Replace("[]", "", StringComparison.Ordinal);

    private static bool IsAtOrBelow(string name, string path)
    {
        path = path.Replace("[]", "", StringComparison.Ordinal);
        return name == path || name.StartsWith(path + "__", StringComparison.Ordinal);
    }
}

/// <summary>An export that cannot be made as it was asked for; the message says why and what to do.</summary>
public sealed class ExportRefusedException(string message) : Exception(message);
