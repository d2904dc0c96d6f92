using Parquet.Schema;
using ReportField = UserReports.Core.Reports.Field;
using ReportFieldKind = UserReports.Core.Reports.FieldKind;

namespace UserReports.Server.Export.Parquet;

/// <summary>
/// Takes a list of the report apart into Parquet columns, by Dremel's definition and repetition levels.
/// </summary>
internal sealed class ParquetList
{
    private readonly DocumentNode[] elementNodes;
    private readonly Cell[] cells;
    private readonly int repetition;
    private readonly int definition;
    private readonly Member[] members;
    private readonly List<ParquetColumn> columns = [];

    /// <param name="dataFields">The schema's leaves in order; the list takes its own from <paramref name="next"/>
    /// on.</param>
    /// <param name="definition">The definition level of the list itself, present but empty.</param>
    public ParquetList(ReportField list, DataField[] dataFields, ref int next, int repetition = 1, int definition = 1)
    {
        elementNodes = DocumentNode.Of(list.Children);
        cells = new Cell[elementNodes.Sum(node => node.LeafCount)];
        this.repetition = repetition;
        this.definition = definition;
        // One level for the element's place, one for the element.
        members = Members(elementNodes, dataFields, ref next, definition + 2);
    }

    /// <summary>Every column of the list and the lists in it.</summary>
    public IReadOnlyList<ParquetColumn> Columns => columns;

    /// <summary>The Parquet type of a list.</summary>
    public static ListField Declare(string name, ReportField list) =>
        new(name, new StructField("element", [.. list.Children.Select(Declare)]));

    public void Add(ReadOnlySpan<byte> document, Cell list, int outerRepetition = 0)
    {
        var cursor = new DocumentCursor(document, list.Start);
        var first = true;
        while (cursor.NextElement(first))
        {
            cursor.ReadMembers(elementNodes, cells);
            Add(members, document, first ? outerRepetition : repetition);
            first = false;
        }

        if (first)
            AddMissing(definition, outerRepetition);
    }

    /// <summary>The list is empty, or is not reached.</summary>
    private void AddMissing(int level, int outerRepetition)
    {
        foreach (var column in columns)
            column.AddMissing(level, outerRepetition);
    }

    private void Add(Member[] siblings, ReadOnlySpan<byte> document, int repetitionNow)
    {
        foreach (var member in siblings)
        {
            if (member.Members is not null)
            {
                // In the places of values a null object is one whose values are all null.
                if (cells.AsSpan(member.Leaf, member.LeafCount).ContainsAnyExcept(default(Cell)))
                    Add(member.Members, document, repetitionNow);
                else
                    AddMissing(member, member.Level, repetitionNow);
            }
            else if (member.List is not null)
            {
                if (cells[member.Leaf].IsNull)
                    member.List.AddMissing(member.Level, repetitionNow);
                else
                    member.List.Add(document, cells[member.Leaf], repetitionNow);
            }
            else if (cells[member.Leaf].IsNull)
            {
                member.Column!.AddMissing(member.Level, repetitionNow);
            }
            else
            {
                member.Column!.Add(cells[member.Leaf].Of(document), repetitionNow);
            }
        }
    }

    private static void AddMissing(Member member, int level, int repetitionNow)
    {
        foreach (var child in member.Members ?? [])
            AddMissing(child, level, repetitionNow);
        member.List?.AddMissing(level, repetitionNow);
        member.Column?.AddMissing(level, repetitionNow);
    }

    private Member[] Members(DocumentNode[] nodes, DataField[] dataFields, ref int next, int level)
    {
        var result = new Member[nodes.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            var node = nodes[i];
            switch (node.Field.Kind)
            {
                case ReportFieldKind.Object:
                    var children = Members(node.Children, dataFields, ref next, level + 1);
                    result[i] = new(node.FirstLeaf, node.LeafCount, level, null, null, children);
                    break;
                case ReportFieldKind.List:
                    var inner = new ParquetList(node.Field, dataFields, ref next, repetition + 1, level + 1);
                    columns.AddRange(inner.columns);
                    result[i] = new(node.FirstLeaf, 1, level, null, inner, null);
                    break;
                default:
                    var column = ParquetColumn.For(dataFields[next++], node.Field.Kind);
                    columns.Add(column);
                    result[i] = new(node.FirstLeaf, 1, level, column, null, null);
                    break;
            }
        }

        return result;
    }

    private static Field Declare(ReportField field) =>
        field.Kind switch
        {
            ReportFieldKind.Object => new StructField(field.Name, [.. field.Children.Select(Declare)]),
            ReportFieldKind.List => Declare(field.Name, field),
            // Within a list everything may be missing, so that levels follow from depth alone.
            _ => ParquetColumn.Declare(field.Name, field.Kind, isNullable: true),
        };

    /// <param name="Level">The definition level of what holds the member.</param>
    private sealed record Member(
        int Leaf,
        int LeafCount,
        int Level,
        ParquetColumn? Column,
        ParquetList? List,
        Member[]? Members
    );
}
