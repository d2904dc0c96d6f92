using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Parquet;
using Parquet.Schema;
using ReportFieldKind = UserReports.Core.Reports.FieldKind;

namespace UserReports.Server.Export.Parquet;

/// <summary>The values of one column of one row group, with their definition and repetition levels.</summary>
internal abstract class ParquetColumn(DataField dataField)
{
    private readonly ArrayBufferWriter<int> definitions = new();
    private readonly ArrayBufferWriter<int> repetitions = new();

    protected DataField DataField => dataField;

    protected ReadOnlyMemory<int>? Definitions => Levels(dataField.MaxDefinitionLevel, definitions);

    protected ReadOnlyMemory<int>? Repetitions => Levels(dataField.MaxRepetitionLevel, repetitions);

    /// <summary>The Parquet field for a field of the report.</summary>
    public static Field Declare(string name, ReportFieldKind kind, bool isNullable) =>
        kind switch
        {
            ReportFieldKind.Boolean => new DataField(name, typeof(bool), isNullable),
            ReportFieldKind.Integer => new DataField(name, typeof(long), isNullable),
            ReportFieldKind.Decimal => new DecimalDataField(
                name,
                DecimalColumn.Precision,
                DecimalColumn.Scale,
                isNullable: isNullable
            ),
            ReportFieldKind.Instant => new DateTimeDataField(
                name,
                DateTimeFormat.Timestamp,
                true,
                DateTimeTimeUnit.Micros,
                isNullable
            ),
            _ => new DataField(name, typeof(string), isNullable),
        };

    public static ParquetColumn For(DataField field, ExportColumn column) =>
        column.IsKey
            ? new TextColumn(field, json => column.KindOf(json) != ReportFieldKind.Text)
            : For(field, column.Field.Kind);

    public static ParquetColumn For(DataField field, ReportFieldKind kind) =>
        kind switch
        {
            ReportFieldKind.Boolean => new BooleanColumn(field),
            ReportFieldKind.Integer => new IntegerColumn(field),
            ReportFieldKind.Decimal => new DecimalColumn(field),
            ReportFieldKind.Instant => new InstantColumn(field),
            ReportFieldKind.Text => new TextColumn(field, _ => false),
            _ => new TextColumn(field, _ => true),
        };

    /// <param name="json">The value as it stands in the report.</param>
    public void Add(ReadOnlySpan<byte> json, int repetition)
    {
        AddLevels(dataField.MaxDefinitionLevel, repetition);
        AddValue(json);
    }

    /// <param name="definition">How much of the way to the value is there.</param>
    public void AddMissing(int definition, int repetition) => AddLevels(definition, repetition);

    public abstract Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken);

    /// <summary>Forgets everything but the room it took, for the next row group.</summary>
    public virtual void Clear()
    {
        definitions.ResetWrittenCount();
        repetitions.ResetWrittenCount();
    }

    protected abstract void AddValue(ReadOnlySpan<byte> json);

    protected static void Append<T>(ArrayBufferWriter<T> values, T value)
    {
        values.GetSpan(1)[0] = value;
        values.Advance(1);
    }

    private static ReadOnlyMemory<int>? Levels(int max, ArrayBufferWriter<int> levels) =>
        max > 0 ? levels.WrittenMemory : default(ReadOnlyMemory<int>?);

    private void AddLevels(int definition, int repetition)
    {
        if (dataField.MaxDefinitionLevel > 0)
            Append(definitions, definition);
        if (dataField.MaxRepetitionLevel > 0)
            Append(repetitions, repetition);
    }
}

/// <summary>A column whose values all have one size.</summary>
internal abstract class ParquetColumn<T>(DataField field) : ParquetColumn(field)
    where T : struct
{
    private readonly ArrayBufferWriter<T> values = new();

    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken) =>
        await group.WriteAllPartsAsync<T>(DataField, values.WrittenMemory, Definitions, Repetitions, cancellationToken);

    public override void Clear()
    {
        base.Clear();
        values.ResetWrittenCount();
    }

    protected void Add(T value) => Append(values, value);
}

internal sealed class BooleanColumn(DataField field) : ParquetColumn<bool>(field)
{
    protected override void AddValue(ReadOnlySpan<byte> json) => Add(json[0] == 't');
}

internal sealed class IntegerColumn(DataField field) : ParquetColumn<long>(field)
{
    protected override void AddValue(ReadOnlySpan<byte> json) =>
        Add(
            Utf8Parser.TryParse(json, out long number, out _)
                ? number
                : throw new FormatException($"{DataField.Name} is no number.")
        );
}

internal sealed class DecimalColumn(DataField field) : ParquetColumn<decimal>(field)
{
    public const int Precision = 28;
    public const int Scale = 8;

    protected override void AddValue(ReadOnlySpan<byte> json) =>
        Add(decimal.Round(decimal.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture), Scale));
}

internal sealed class InstantColumn(DataField field) : ParquetColumn<DateTime>(field)
{
    private const int SecondsEnd = 20;

    /// <summary>
    /// Seconds, <c>yyyy-MM-ddTHH:mm:ss</c>, with or without a fraction, then Z or +00:00: always UTC.
    /// </summary>
    protected override void AddValue(ReadOnlySpan<byte> json)
    {
        var text = json[1..SecondsEnd];
        Add(
            new DateTime(
                Digits(text[..4]),
                Digits(text[5..7]),
                Digits(text[8..10]),
                Digits(text[11..13]),
                Digits(text[14..16]),
                Digits(text[17..19]),
                DateTimeKind.Utc
            ).AddTicks(Fraction(json[SecondsEnd..]))
        );
    }

    private static long Fraction(ReadOnlySpan<byte> text)
    {
        var ticks = 0L;
        if (text[0] != '.')
            return ticks;
        var unit = TimeSpan.TicksPerSecond / 10;
        for (var i = 1; text[i] is >= (byte)'0' and <= (byte)'9'; i++, unit /= 10)
            ticks += (text[i] - '0') * unit;
        return ticks;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var number = 0;
        foreach (var digit in text)
            number = (number * 10) + digit - '0';
        return number;
    }
}

/// <summary>
/// Text of a row group lies in few large blocks: a string per value would be the better part of the work.
/// </summary>
/// <param name="stays">Whether a value is written as it stands in JSON rather than as the text that it means.</param>
internal sealed class TextColumn(DataField field, Func<ReadOnlySpan<byte>, bool> stays)
    : ParquetColumn<ReadOnlyMemory<char>>(field)
{
    private const int BlockChars = 16 * 1024;

    private readonly List<char[]> blocks = [];
    private int block = -1;
    private int used;
    private byte[] scratch = new byte[256];

    public override void Clear()
    {
        base.Clear();
        block = -1;
    }

    protected override void AddValue(ReadOnlySpan<byte> json)
    {
        var isJson = stays(json);
        var text = isJson ? json : json[1..^1];
        if (!isJson && text.Contains((byte)'\\'))
        {
            if (scratch.Length < json.Length)
                scratch = new byte[json.Length * 2];
            var reader = new Utf8JsonReader(json);
            reader.Read();
            text = scratch.AsSpan(0, reader.CopyString(scratch));
        }

        var room = Room(text.Length);
        var length = Encoding.UTF8.GetChars(text, room.Span);
        Add(room[..length]);
        if (text.Length <= BlockChars)
            used += length;
    }

    /// <summary>A text that is longer than a block gets memory of its own, which is not kept.</summary>
    private Memory<char> Room(int chars)
    {
        if (chars > BlockChars)
            return new char[chars];
        if (block < 0 || BlockChars - used < chars)
        {
            used = 0;
            if (++block == blocks.Count)
                blocks.Add(new char[BlockChars]);
        }

        return blocks[block].AsMemory(used);
    }
}
