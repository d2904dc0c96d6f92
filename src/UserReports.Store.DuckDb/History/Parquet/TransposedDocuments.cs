using System.Buffers;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Json;

namespace UserReports.Store.DuckDb.History.Parquet;

/// <summary>Documents out of the text that <see cref="DocumentTransposer"/> wrote.</summary>
internal sealed class TransposedDocuments
{
    private readonly ReadOnlyMemory<byte> text;
    private readonly int[] lines;
    private readonly Member root = new([]);

    /// <exception cref="InvalidDataException">The text is not that.</exception>
    public TransposedDocuments(ReadOnlyMemory<byte> text)
    {
        this.text = text;
        lines = LinesOf(text.Span);
        if (
            lines.Length == 0
            || !Utf8Parser.TryParse(Line(0), out int count, out var read)
            || read != Line(0).Length
            || count < 1
            || (lines.Length - 1) % (count + 1) != 0
        )
            throw new InvalidDataException("A block of documents has not the lines that it says.");
        Count = count;
        for (var first = 1; first < lines.Length; first += count + 1)
        {
            var member = root;
            foreach (var name in Encoding.UTF8.GetString(Line(first)).Split('/'))
                member = member.Within(name);
            member.FirstLine = first + 1;
        }
    }

    /// <summary>How many documents there are.</summary>
    public int Count { get; }

    /// <summary>Appends one document as a JSON object.</summary>
    public void Write(int index, ArrayBufferWriter<byte> output) => WriteMembers(root, index, output);

    private void WriteMembers(Member owner, int index, ArrayBufferWriter<byte> output)
    {
        var separator = "{"u8;
        foreach (var member in owner.Members)
        {
            if (!Has(member, index))
                continue;
            output.Write(separator);
            output.Write(member.Name);
            var value = Value(member, index);
            if (value.IsEmpty)
                WriteMembers(member, index, output);
            else
                Write(value, output);
            separator = ","u8;
        }

        output.Write(separator[0] == '{' ? "{}"u8 : "}"u8);
    }

    private static void Write(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> output)
    {
        var copy = output.GetSpan(value.Length)[..value.Length];
        value.Replace(copy, DocumentTransposer.LineEnd, (byte)'\n');
        output.Advance(value.Length);
    }

    private bool Has(Member member, int index) =>
        !Value(member, index).IsEmpty || member.Members.Exists(within => Has(within, index));

    private ReadOnlySpan<byte> Value(Member member, int index) =>
        member.FirstLine == 0 ? [] : Line(member.FirstLine + index);

    private ReadOnlySpan<byte> Line(int line)
    {
        var start = line == 0 ? 0 : lines[line - 1] + 1;
        return text.Span[start..lines[line]];
    }

    private static int[] LinesOf(ReadOnlySpan<byte> text)
    {
        var ends = new int[text.Count((byte)'\n')];
        var (found, at) = (0, 0);
        var end = Vector256.Create((byte)'\n');
        // Lines have some ten bytes: a search for each of them takes most of what a block costs.
        for (; at <= text.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            var met = Vector256.Equals(Vector256.Create(text[at..]), end).ExtractMostSignificantBits();
            for (; met != 0; met &= met - 1)
                ends[found++] = at + BitOperations.TrailingZeroCount(met);
        }

        for (; at < text.Length; at++)
        {
            if (text[at] == '\n')
                ends[found++] = at;
        }

        return (found == 0 ? text.IsEmpty : ends[^1] == text.Length - 1)
            ? ends
            : throw new InvalidDataException("A block of documents does not end in a line.");
    }

    /// <summary>A member of documents, or all of one.</summary>
    /// <param name="name">With quotes and a colon.</param>
    private sealed class Member(byte[] name)
    {
        private readonly Dictionary<string, Member> known = new(StringComparer.Ordinal);

        public byte[] Name => name;

        public List<Member> Members { get; } = [];

        /// <summary>The line of its value in the first document; 0 if it has only members.</summary>
        public int FirstLine { get; set; }

        public Member Within(string member)
        {
            if (known.TryGetValue(member, out var found))
                return found;
            var made = new Member([
                .. Encoding.UTF8.GetBytes(JsonEncodedText.Encode(member).ToString()).Prepend((byte)'"'),
                (byte)'"',
                (byte)':',
            ]);
            known[member] = made;
            Members.Add(made);
            return made;
        }
    }
}
