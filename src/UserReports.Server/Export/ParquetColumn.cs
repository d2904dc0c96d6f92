using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Parquet;
using Parquet.Schema;
using ReportFieldKind = UserReports.Core.Reports.FieldKind;

namespace UserReports.Server.Export;

/// <summary>The values of one column of one row group, with their definition and repetition levels.</summary>
internal abstract class ParquetColumn(DataField dataField)
{
    private readonly List<int> definitions = [];
    private readonly List<int> repetitions = [];

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

    public static ParquetColumn For(DataField field, ReportFieldKind kind) =>
        kind switch
        {
            ReportFieldKind.Boolean => new BooleanColumn(field),
            ReportFieldKind.Integer => new IntegerColumn(field),
            ReportFieldKind.Decimal => new DecimalColumn(field),
            ReportFieldKind.Instant => new InstantColumn(field),
            ReportFieldKind.Text => new TextColumn(field, isJson: false),
            _ => new TextColumn(field, isJson: true),
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

    /// <summary>Forgets everything, for the next row group.</summary>
    public virtual void Clear()
    {
        definitions.Clear();
        repetitions.Clear();
    }

    protected abstract void AddValue(ReadOnlySpan<byte> json);

    private static ReadOnlyMemory<int>? Levels(int max, List<int> levels) =>
        max > 0 ? new ReadOnlyMemory<int>(levels.ToArray()) : default(ReadOnlyMemory<int>?);

    private void AddLevels(int definition, int repetition)
    {
        if (dataField.MaxDefinitionLevel > 0)
            definitions.Add(definition);
        if (dataField.MaxRepetitionLevel > 0)
            repetitions.Add(repetition);
    }
}

/// <summary>A column whose values all have one size.</summary>
internal abstract class ParquetColumn<T>(DataField field) : ParquetColumn(field)
    where T : struct
{
    private readonly List<T> values = [];

    public override async Task WriteAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken) =>
        await group.WriteAllPartsAsync<T>(DataField, values.ToArray(), Definitions, Repetitions, cancellationToken);

    public override void Clear()
    {
        base.Clear();
        values.Clear();
    }

    protected void Add(T value) => values.Add(value);
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
    /// <summary>Whole seconds, <c>yyyy-MM-ddTHH:mm:ss</c>, then Z or +00:00: always UTC.</summary>
    protected override void AddValue(ReadOnlySpan<byte> json)
    {
        var text = json[1..20];
        Add(
            new(
                Digits(text[..4]),
                Digits(text[5..7]),
                Digits(text[8..10]),
                Digits(text[11..13]),
                Digits(text[14..16]),
                Digits(text[17..19]),
                DateTimeKind.Utc
            )
        );
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
internal sealed class TextColumn(DataField field, bool isJson) : ParquetColumn<ReadOnlyMemory<char>>(field)
{
    private const int BlockChars = 32 * 1024;

    private char[] block = [];
    private int used;
    private byte[] scratch = new byte[256];

    public override void Clear()
    {
        base.Clear();
        used = 0;
        block = [];
    }

    protected override void AddValue(ReadOnlySpan<byte> json)
    {
        var text = isJson ? json : json[1..^1];
        if (!isJson && text.Contains((byte)'\\'))
        {
            if (scratch.Length < json.Length)
                scratch = new byte[json.Length * 2];
            var reader = new Utf8JsonReader(json);
            reader.Read();
            text = scratch.AsSpan(0, reader.CopyString(scratch));
        }

        if (block.Length - used < text.Length)
        {
            block = new char[Math.Max(BlockChars, text.Length)];
            used = 0;
        }

        var length = Encoding.UTF8.GetChars(text, block.AsSpan(used));
        Add(block.AsMemory(used, length));
        used += length;
    }
}
