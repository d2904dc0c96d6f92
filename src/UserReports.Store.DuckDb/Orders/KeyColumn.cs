namespace UserReports.Store.DuckDb.Orders;

/// <summary>What the values of a column are.</summary>
internal enum KeyKind
{
    Text,
    Integer,
    Decimal,
    Boolean,
    Instant,
}

/// <summary>One value of each row of the base by its ordinal, in memory, to order by.</summary>
internal sealed class KeyColumn
{
    private readonly PackedTexts? texts;
    private readonly long[] numbers;
    private readonly ulong[] nulls;

    /// <summary>Texts.</summary>
    public KeyColumn(PackedTexts texts) => (this.texts, Kind, numbers, nulls) = (texts, KeyKind.Text, [], []);

    /// <param name="numbers">As <see cref="KeyValues"/> makes them.</param>
    /// <param name="nulls">A bit for each that is null.</param>
    public KeyColumn(KeyKind kind, long[] numbers, ulong[] nulls) =>
        (Kind, this.numbers, this.nulls) = (kind, numbers, nulls);

    public KeyKind Kind { get; }

    /// <summary>Where changed rows have their value of this column; negative before they do.</summary>
    public int Slot { get; set; } = -1;

    public long Bytes => (texts?.Bytes ?? 0) + ((numbers.Length + nulls.Length) * 8L);

    public bool IsNull(int ordinal) => texts?.IsNull(ordinal) ?? (nulls[ordinal >> 6] & (1UL << (ordinal & 63))) != 0;

    /// <summary>A number that orders as the values do, but for texts that are equal in their first bytes; not of a
    /// null.</summary>
    public ulong Prefix(int ordinal) => texts?.Prefix(ordinal) ?? (ulong)numbers[ordinal] ^ (1UL << 63);

    public KeyValue Key(int ordinal) =>
        IsNull(ordinal) ? KeyValue.Null
        : texts is null ? KeyValue.Of(numbers[ordinal])
        : KeyValue.Of(texts[ordinal].ToArray());

    /// <summary>Of two that are not null.</summary>
    public int Compare(int one, int other) =>
        texts is null ? numbers[one].CompareTo(numbers[other]) : texts[one].SequenceCompareTo(texts[other]);

    /// <inheritdoc cref="Compare(int, int)"/>
    public int Compare(KeyValue one, int other) =>
        texts is null ? one.Number.CompareTo(numbers[other]) : one.Text.AsSpan().SequenceCompareTo(texts[other]);

    /// <inheritdoc cref="Compare(int, int)"/>
    public int Compare(KeyValue one, KeyValue other) =>
        texts is null ? one.Number.CompareTo(other.Number) : one.Text.AsSpan().SequenceCompareTo(other.Text);
}
