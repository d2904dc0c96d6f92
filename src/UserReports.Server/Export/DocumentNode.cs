using System.Text;
using UserReports.Core.Reports;

namespace UserReports.Server.Export;

/// <summary>A field as it stands in a rendered report.</summary>
internal sealed class DocumentNode
{
    private DocumentNode(Field field, ref int leaves)
    {
        Field = field;
        Key = field.IsInSeries ? [] : Encoding.UTF8.GetBytes($"\"{field.Name}\":");
        FirstLeaf = leaves;
        if (field.Kind == FieldKind.Object)
            Children = Of(field.Children, ref leaves);
        else
            leaves++;
        LeafCount = leaves - FirstLeaf;
    }

    /// <summary>Every top-level field, in the report's order.</summary>
    public static IReadOnlyList<DocumentNode> Report { get; } = Of(ReportCatalogue.Fields);

    /// <summary>
    /// The values of a report that stand in no list, in its order: a list is one of them, as a whole.
    /// </summary>
    public static IReadOnlyList<Field> Leaves { get; } = [.. Report.SelectMany(LeavesOf)];

    public Field Field { get; }

    /// <summary>The key with its quotes and colon; empty for a place of a series, which is a list.</summary>
    public byte[] Key { get; }

    /// <summary>The members of an object; empty for all else.</summary>
    public DocumentNode[] Children { get; } = [];

    /// <summary>Where the values below this field begin among the leaves of the tree.</summary>
    public int FirstLeaf { get; }

    /// <summary>How many values there are below this field: 1 unless it is an object.</summary>
    public int LeafCount { get; }

    /// <summary>The tree of sibling fields, its leaves numbered from 0.</summary>
    public static DocumentNode[] Of(IReadOnlyList<Field> fields)
    {
        var leaves = 0;
        return Of(fields, ref leaves);
    }

    private static DocumentNode[] Of(IReadOnlyList<Field> fields, ref int leaves)
    {
        var nodes = new DocumentNode[fields.Count];
        for (var i = 0; i < nodes.Length; i++)
            nodes[i] = new(fields[i], ref leaves);
        return nodes;
    }

    private static IEnumerable<Field> LeavesOf(DocumentNode node) =>
        node.Field.Kind == FieldKind.Object ? node.Children.SelectMany(LeavesOf) : [node.Field];
}
