using System.Buffers;

namespace UserReports.Server.Export;

/// <summary>A value inside a document, by its place; empty for null.</summary>
internal readonly record struct Cell(int Start, int Length)
{
    public bool IsNull => Length == 0;

    /// <summary>The value as it is written in JSON.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> document) => document.Slice(Start, Length);
}

/// <summary>
/// Goes through a rendered report and finds the places of its values. The store holds what <c>ReportJson</c> wrote:
/// every field, in the order of the catalogue, without spaces outside of free-form JSON. Relying on that makes it
/// several times as fast as a JSON reader; a document that is different is refused, never misread.
/// </summary>
internal ref struct DocumentCursor(ReadOnlySpan<byte> document, int position = 0)
{
    private static readonly SearchValues<byte> Structural = SearchValues.Create("\"{}[]"u8);

    private readonly ReadOnlySpan<byte> document = document;
    private int position = position;

    /// <summary>The places of every value of an object, at the numbers of their leaves.</summary>
    public void ReadMembers(IReadOnlyList<DocumentNode> nodes, Span<Cell> cells) =>
        ReadMembers(nodes, cells, (byte)'{', (byte)'}');

    private void ReadMembers(IReadOnlyList<DocumentNode> nodes, Span<Cell> cells, byte begin, byte end)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes[i];
            Expect(i == 0 ? begin : (byte)',');
            if (!document[position..].StartsWith(node.Key))
                throw Strange();
            position += node.Key.Length;
            if (node.Children.Length > 0 && Peek() == '{')
            {
                ReadMembers(node.Children, cells);
                continue;
            }

            if (node.Field.IsSeries)
            {
                ReadMembers(node.Children, cells, (byte)'[', (byte)']');
                continue;
            }

            var value = ReadValue();
            cells.Slice(node.FirstLeaf, node.LeafCount).Fill(value);
        }

        Expect(end);
    }

    /// <summary>Goes on to the next element of a list; the first call enters the list.</summary>
    public bool NextElement(bool first)
    {
        if (first)
        {
            Expect((byte)'[');
            if (Peek() != ']')
                return true;
        }
        else if (Peek() == ',')
        {
            position++;
            return true;
        }

        Expect((byte)']');
        return false;
    }

    private byte Peek()
    {
        while (position < document.Length && document[position] <= ' ')
            position++;
        return position < document.Length ? document[position] : throw Strange();
    }

    private void Expect(byte character)
    {
        if (Peek() != character)
            throw Strange();
        position++;
    }

    private Cell ReadValue()
    {
        var start = position;
        switch (Peek())
        {
            case (byte)'"':
                start = position;
                SkipText();
                break;
            case (byte)'n':
                position += 4;
                return default;
            case (byte)'{' or (byte)'[':
                start = position;
                SkipNested();
                break;
            default:
                start = position;
                var length = document[position..].IndexOfAny(",}]"u8);
                position += length < 0 ? throw Strange() : length;
                break;
        }

        return new(start, document[start..position].TrimEnd(" \r\n\t"u8).Length);
    }

    private void SkipText()
    {
        position++;
        while (true)
        {
            var next = document[position..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
                throw Strange();
            position += next + 1;
            if (document[position - 1] == '"')
                return;
            position++;
        }
    }

    private void SkipNested()
    {
        var depth = 0;
        do
        {
            var next = document[position..].IndexOfAny(Structural);
            if (next < 0)
                throw Strange();
            position += next;
            switch (document[position])
            {
                case (byte)'"':
                    SkipText();
                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }

            position++;
        } while (depth > 0);
    }

    private readonly InvalidDataException Strange() =>
        new($"A stored report is not as this version writes it, at byte {position}. A refresh writes it anew.");
}
