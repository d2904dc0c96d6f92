namespace UserReports.Store.DuckDb.Orders;

/// <summary>What a row is ordered by: a text as UTF-8, a number that orders as the value does, or nothing.</summary>
internal readonly struct KeyValue
{
    private KeyValue(long number, byte[]? text, bool isNull) => (Number, Text, IsNull) = (number, text, isNull);

    public static KeyValue Null { get; } = new(0, null, isNull: true);

    public long Number { get; }

    public byte[]? Text { get; }

    public bool IsNull { get; }

    public static KeyValue Of(long number) => new(number, null, isNull: false);

    public static KeyValue Of(byte[] text) => new(0, text, isNull: false);
}
