using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace UserReports.Store.DuckDb.History.Parquet;

/// <summary>The footer of a Parquet file: where the row groups are, and what the file says of itself.</summary>
/// <remarks>Field numbers are those of the format's <c>parquet.thrift</c>.</remarks>
internal sealed class ParquetFooter(ThriftValue meta)
{
    private const int FileSchema = 2;
    private const int SchemaRepetition = 3;
    private const int SchemaName = 4;
    private const int MetaPath = 3;
    private const int MetaCodec = 4;
    private const int MetaBytes = 7;
    private const int MetaPages = 9;
    private const int MetaDictionary = 11;
    private const int MetaStatistics = 12;
    private const int StatisticsMost = 5;
    private const int StatisticsLeast = 6;
    private const int FileRows = 3;
    private const int FileGroups = 4;
    private const int FileNotes = 5;
    private const int GroupColumns = 1;
    private const int GroupRows = 3;
    private const int GroupOffset = 5;
    private const int GroupOrdinal = 7;
    private const int ColumnMeta = 3;
    private const int TailBytes = 8;

    /// <summary>Of a column, where something of it begins: the chunk itself and its indexes.</summary>
    private static readonly int[] ColumnOffsets = [2, 4, 6];

    /// <summary>Of a column's own description: pages, index pages, dictionary, filter.</summary>
    private static readonly int[] MetaOffsets = [9, 10, 11, 14];

    /// <summary>What a file begins and ends with.</summary>
    public static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Rows of each group.</summary>
    public IEnumerable<long> Rows => meta[FileGroups].Elements.Select(group => group[GroupRows].Number);

    /// <summary>A column of whole numbers in each of the row groups; empty if there is no such column.</summary>
    public IReadOnlyList<ParquetChunk> ChunksOf(string column)
    {
        List<ParquetChunk> chunks = [];
        var declared = meta[FileSchema].Elements.Find(element => IsText(element[SchemaName], column));
        foreach (var group in declared is null ? [] : meta[FileGroups].Elements)
        {
            if (
                group[GroupColumns]
                    .Elements.Find(one => one[ColumnMeta][MetaPath].Elements is [var name] && IsText(name, column))
                is not { } found
            )
                return [];
            var about = found[ColumnMeta];
            var bounds = about.Fields.GetValueOrDefault(MetaStatistics);
            chunks.Add(
                new(
                    (int)group[GroupRows].Number,
                    about.Fields.GetValueOrDefault(MetaDictionary)?.Number ?? about[MetaPages].Number,
                    (int)about[MetaBytes].Number,
                    about[MetaCodec].Number,
                    declared!.Fields.TryGetValue(SchemaRepetition, out var repetition) && repetition.Number != 0,
                    Bound(bounds, StatisticsLeast),
                    Bound(bounds, StatisticsMost)
                )
            );
        }

        return chunks;

        static long? Bound(ThriftValue? bounds, int field) =>
            bounds?.Fields.GetValueOrDefault(field)?.Bytes is { Length: sizeof(long) } bytes
                ? BinaryPrimitives.ReadInt64LittleEndian(bytes)
                : null;

        static bool IsText(ThriftValue value, string text) => Encoding.UTF8.GetString(value.Bytes) == text;
    }

    /// <summary>Reads the footer.</summary>
    /// <param name="at">Where it begins: what is before it belongs to the row groups.</param>
    /// <exception cref="InvalidDataException">The file does not end in a footer.</exception>
    public static ParquetFooter Read(SafeFileHandle file, out long at)
    {
        var length = RandomAccess.GetLength(file);
        Span<byte> tail = stackalloc byte[TailBytes];
        if (
            length < Magic.Length + TailBytes
            || RandomAccess.Read(file, tail, length - TailBytes) != TailBytes
            || !tail[4..].SequenceEqual(Magic)
        )
            throw new InvalidDataException("The file does not end as a Parquet file does.");
        var bytes = new byte[
            BinaryPrimitives.ReadUInt32LittleEndian(tail) is <= int.MaxValue and var told ? (int)told : 0
        ];
        at = length - TailBytes - bytes.Length;
        if (bytes.Length == 0 || at < Magic.Length || RandomAccess.Read(file, bytes, at) != bytes.Length)
            throw new InvalidDataException("The file's footer has another length than it says.");
        return new(ThriftValue.Read(bytes));
    }

    /// <summary>A note of the file; null without one.</summary>
    public string? Note(string name) =>
        meta.Fields.TryGetValue(FileNotes, out var notes)
            ? notes
                .Elements.Where(note => Encoding.UTF8.GetString(note[1].Bytes) == name)
                .Select(note => Encoding.UTF8.GetString(note[2].Bytes))
                .FirstOrDefault()
            : null;

    /// <summary>Everything but the notes, to be told by its checksum.</summary>
    public byte[] WithoutNotes()
    {
        var notes = meta.Fields.GetValueOrDefault(FileNotes);
        meta.Fields.Remove(FileNotes);
        var bytes = ToBytes();
        if (notes is not null)
            meta.Fields[FileNotes] = notes;
        return bytes;
    }

    /// <summary>Whether two files have the same columns.</summary>
    public bool HasSameColumnsAs(ParquetFooter other)
    {
        return Schema(meta).AsSpan().SequenceEqual(Schema(other.Meta));

        static byte[] Schema(ThriftValue meta)
        {
            var output = new ArrayBufferWriter<byte>();
            meta[2].Write(output);
            return output.WrittenSpan.ToArray();
        }
    }

    /// <summary>The same footer with these row groups alone.</summary>
    public ParquetFooter With(IReadOnlyList<ThriftValue> groups)
    {
        var made = ThriftValue.Struct();
        foreach (var (field, value) in meta.Fields)
            made.Fields[field] = value;
        made.Fields[FileRows] = ThriftValue.Whole(groups.Sum(group => group[GroupRows].Number));
        made.Fields[FileGroups] = ThriftValue.ListOf(ThriftType.Struct, [.. groups]);
        made.Fields.Remove(FileNotes);
        for (var i = 0; i < groups.Count; i++)
        {
            if (groups[i].Fields.TryGetValue(GroupOrdinal, out var ordinal))
                groups[i].Shift(GroupOrdinal, i - ordinal.Number);
        }

        return new(made);
    }

    /// <summary>The row groups, moved by so many bytes.</summary>
    public IReadOnlyList<ThriftValue> Moved(long by)
    {
        foreach (var group in meta[FileGroups].Elements)
            Move(group, by);
        return meta[FileGroups].Elements;
    }

    /// <summary>Says something of the file, in place of what was said.</summary>
    public void Write(params ReadOnlySpan<(string Name, string Text)> notes)
    {
        List<ThriftValue> written = [];
        foreach (var (name, text) in notes)
        {
            written.Add(
                ThriftValue.Struct(
                    (1, ThriftValue.Binary(Encoding.UTF8.GetBytes(name))),
                    (2, ThriftValue.Binary(Encoding.UTF8.GetBytes(text)))
                )
            );
        }

        meta.Fields[FileNotes] = ThriftValue.ListOf(ThriftType.Struct, written);
    }

    /// <summary>The end of a file: the footer, its length and the mark.</summary>
    public byte[] ToTail()
    {
        var bytes = ToBytes();
        var tail = new byte[bytes.Length + TailBytes];
        bytes.CopyTo(tail, 0);
        BinaryPrimitives.WriteInt32LittleEndian(tail.AsSpan(bytes.Length), bytes.Length);
        Magic.CopyTo(tail.AsSpan(bytes.Length + 4));
        return tail;
    }

    /// <summary>One of the row groups, moved by so many bytes.</summary>
    public ThriftValue Moved(int index, long by)
    {
        var group = meta[FileGroups].Elements[index];
        Move(group, by);
        return group;
    }

    private ThriftValue Meta => meta;

    private static void Move(ThriftValue group, long by)
    {
        group.Shift(GroupOffset, by);
        foreach (var column in group[GroupColumns].Elements)
        {
            foreach (var field in ColumnOffsets)
            {
                // Some writers leave the chunk's own offset at 0.
                if (column.Fields.TryGetValue(field, out var offset) && offset.Number > 0)
                    column.Shift(field, by);
            }

            foreach (var field in MetaOffsets)
                column[ColumnMeta].Shift(field, by);
        }
    }

    private byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        meta.Write(output);
        return output.WrittenSpan.ToArray();
    }
}
