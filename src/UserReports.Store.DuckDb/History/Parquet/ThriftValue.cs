using System.Buffers;
using System.Buffers.Binary;

namespace UserReports.Store.DuckDb.History.Parquet;

/// <summary>
/// A value of Thrift's compact protocol, in which Parquet writes its footer, whatever it means: so a footer can be
/// changed in a few places and written again with everything else as it was.
/// </summary>
internal sealed class ThriftValue
{
    private const int DepthMax = 16;

    private static readonly List<ThriftValue> None = [];
    private static readonly SortedList<int, ThriftValue> Nothing = [];

    private ThriftValue(ThriftType type)
    {
        Type = type;
        // A footer has a hundred thousand values, nearly all of them numbers.
        Elements = type is ThriftType.List or ThriftType.Set ? [] : None;
        Fields = type == ThriftType.Struct ? [] : Nothing;
    }

    public ThriftType Type { get; }

    /// <summary>Of a whole number; of a binary number its bits.</summary>
    public long Number { get; private set; }

    /// <summary>Of bytes and texts.</summary>
    public byte[] Bytes { get; private init; } = [];

    /// <summary>Of a list.</summary>
    public List<ThriftValue> Elements { get; private init; }

    /// <summary>Of a list.</summary>
    public ThriftType ElementType { get; private init; }

    /// <summary>Of a struct, by their numbers.</summary>
    public SortedList<int, ThriftValue> Fields { get; }

    /// <summary>A struct's field.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public ThriftValue this[int field] =>
        Fields.TryGetValue(field, out var value)
            ? value
            : throw new InvalidDataException($"The footer has no field {field}.");

    public static ThriftValue Whole(long number) => new(ThriftType.Int64) { Number = number };

    public static ThriftValue Binary(byte[] bytes) => new(ThriftType.Binary) { Bytes = bytes };

    public static ThriftValue ListOf(ThriftType elements, List<ThriftValue> values) =>
        new(ThriftType.List) { ElementType = elements, Elements = values };

    public static ThriftValue Struct(params ReadOnlySpan<(int Field, ThriftValue Value)> fields)
    {
        var made = new ThriftValue(ThriftType.Struct);
        foreach (var (field, value) in fields)
            made.Fields[field] = value;
        return made;
    }

    /// <summary>The same number and more; nothing where the field is not there.</summary>
    public void Shift(int field, long by)
    {
        if (Fields.TryGetValue(field, out var value))
            value.Number += by;
    }

    /// <summary>A struct of which the bytes hold nothing else.</summary>
    /// <exception cref="InvalidDataException">They are not that.</exception>
    public static ThriftValue Read(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        var value = Read(ref rest, ThriftType.Struct, 0);
        return rest.IsEmpty ? value : throw new InvalidDataException("The footer is longer than it says.");
    }

    /// <summary>A struct, and what follows it.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static ThriftValue ReadFirst(ref ReadOnlySpan<byte> bytes) => Read(ref bytes, ThriftType.Struct, 0);

    public void Write(IBufferWriter<byte> output)
    {
        switch (Type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                output.Write([(byte)Number]);
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                WriteVarint(output, (ulong)((Number << 1) ^ (Number >> 63)));
                break;
            case ThriftType.Double:
                Span<byte> bits = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(bits, Number);
                output.Write(bits);
                break;
            case ThriftType.Binary:
                WriteVarint(output, (ulong)Bytes.Length);
                output.Write(Bytes);
                break;
            case ThriftType.List or ThriftType.Set:
                WriteList(output);
                break;
            default:
                WriteStruct(output);
                break;
        }
    }

    private void WriteList(IBufferWriter<byte> output)
    {
        if (Elements.Count < 15)
        {
            output.Write([(byte)((Elements.Count << 4) | (int)ElementType)]);
        }
        else
        {
            output.Write([(byte)(0xF0 | (int)ElementType)]);
            WriteVarint(output, (ulong)Elements.Count);
        }

        foreach (var element in Elements)
        {
            // Within a list the type does not say which it is.
            if (element.Type is ThriftType.True or ThriftType.False)
                output.Write([(byte)element.Type]);
            else
                element.Write(output);
        }
    }

    private void WriteStruct(IBufferWriter<byte> output)
    {
        var last = 0;
        foreach (var (field, value) in Fields)
        {
            if (field - last is > 0 and < 16 and var step)
            {
                output.Write([(byte)((step << 4) | (int)value.Type)]);
            }
            else
            {
                output.Write([(byte)value.Type]);
                WriteVarint(output, (ulong)((field << 1) ^ (field >> 31)));
            }

            value.Write(output);
            last = field;
        }

        output.Write([(byte)0]);
    }

    private static ThriftValue Read(ref ReadOnlySpan<byte> rest, ThriftType type, int depth)
    {
        if (depth > DepthMax)
            throw new InvalidDataException("The footer is nested too deep.");
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                return new(type);
            case ThriftType.Byte:
                return new(type) { Number = Take(ref rest, 1)[0] };
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                return new(type) { Number = ReadZigzag(ref rest) };
            case ThriftType.Double:
                return new(type) { Number = BinaryPrimitives.ReadInt64LittleEndian(Take(ref rest, 8)) };
            case ThriftType.Binary:
                return new(type) { Bytes = Take(ref rest, (long)ReadVarint(ref rest)).ToArray() };
            case ThriftType.List or ThriftType.Set:
                return ReadList(ref rest, type, depth);
            case ThriftType.Struct:
                return ReadStruct(ref rest, depth);
            default:
                throw new InvalidDataException($"The footer has a value of type {(int)type}.");
        }
    }

    private static ThriftValue ReadList(ref ReadOnlySpan<byte> rest, ThriftType type, int depth)
    {
        var head = Take(ref rest, 1)[0];
        var elements = (ThriftType)(head & 0xF);
        var count = head >> 4 == 15 ? (long)ReadVarint(ref rest) : head >> 4;
        // Every element has a byte at least.
        if (count < 0 || count > rest.Length)
            throw new InvalidDataException("The footer ends within a list.");
        var list = new ThriftValue(type) { ElementType = elements };
        for (var i = 0L; i < count; i++)
        {
            var of = elements is ThriftType.True or ThriftType.False ? (ThriftType)Take(ref rest, 1)[0] : elements;
            list.Elements.Add(Read(ref rest, of, depth + 1));
        }

        return list;
    }

    private static ThriftValue ReadStruct(ref ReadOnlySpan<byte> rest, int depth)
    {
        var made = new ThriftValue(ThriftType.Struct);
        var last = 0;
        while (true)
        {
            var head = Take(ref rest, 1)[0];
            if (head == 0)
                return made;
            var field = head >> 4 == 0 ? (int)ReadZigzag(ref rest) : last + (head >> 4);
            made.Fields[field] = Read(ref rest, (ThriftType)(head & 0xF), depth + 1);
            last = field;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, long length)
    {
        if (length < 0 || length > rest.Length)
            throw new InvalidDataException("The footer ends too early.");
        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private static long ReadZigzag(ref ReadOnlySpan<byte> rest)
    {
        var number = ReadVarint(ref rest);
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> rest)
    {
        ulong number = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(ref rest, 1)[0];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return number;
        }

        throw new InvalidDataException("The footer has a number that is too long.");
    }

    private static void WriteVarint(IBufferWriter<byte> output, ulong number)
    {
        for (; number >= 0x80; number >>= 7)
            output.Write([(byte)(number | 0x80)]);
        output.Write([(byte)number]);
    }
}

/// <summary>What Thrift's compact protocol calls types.</summary>
internal enum ThriftType
{
    True = 1,
    False = 2,
    Byte = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
}
