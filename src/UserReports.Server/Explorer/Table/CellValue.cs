using System.Text.Json;
using UserReports.Core.Reports;

namespace UserReports.Server.Explorer.Table;

/// <summary>What a cell holds, before it is written for a reader.</summary>
/// <param name="Text">Text, or several joined; null for no value.</param>
/// <param name="Balance">For a balance that the plan includes.</param>
/// <param name="Series">Numbers in their order.</param>
public sealed record CellValue(
    string? Text = null,
    long? Number = null,
    bool? Flag = null,
    DateTimeOffset? Instant = null,
    BalanceValue? Balance = null,
    IReadOnlyList<long>? Series = null
)
{
    /// <summary>True if there is nothing to show.</summary>
    public bool IsEmpty =>
        string.IsNullOrEmpty(Text)
        && Number is null
        && Flag is null
        && Instant is null
        && Balance is null
        && (Series is null || Series.All(number => number == 0));

    /// <summary>True if both show the same.</summary>
    public bool Equals(CellValue? other) =>
        other is not null
        && (Text, Number, Flag, Instant, Balance)
            == (other.Text, other.Number, other.Flag, other.Instant, other.Balance)
        && (Series ?? []).SequenceEqual(other.Series ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Text, Number, Flag, Instant, Balance);

    /// <summary>Reads the value of a column from a document.</summary>
    public static CellValue Read(JsonElement root, TableColumn column)
    {
        if (column.Field.IsBelowList)
        {
            var values = ReportRow.At(root, column.Field).Select(Written).Where(text => text.Length > 0).Distinct();
            return new(string.Join(", ", values));
        }

        var found = ReportRow.At(root, column.Field).FirstOrDefault();
        if (column.JsonKey is { } key)
        {
            found =
                found.ValueKind == JsonValueKind.Object && found.TryGetProperty(key, out var member) ? member : default;
            return new(Written(found));
        }

        return (column.Field.Kind, found.ValueKind) switch
        {
            (_, JsonValueKind.Null or JsonValueKind.Undefined) => new(),
            (FieldKind.Object, JsonValueKind.Array) => new(
                Series: [.. found.EnumerateArray().Select(number => number.GetInt64())]
            ),
            (FieldKind.Object, _) => new(Balance: BalanceValue.Read(found)),
            (FieldKind.Boolean, _) => new(Flag: found.GetBoolean()),
            (FieldKind.Integer, _) => new(Number: found.GetInt64()),
            (FieldKind.Instant, _) => new(Instant: found.GetDateTimeOffset()),
            _ => new(Written(found)),
        };
    }

    private static string Written(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => "",
            JsonValueKind.String => value.GetString()!,
            _ => value.GetRawText(),
        };
}

/// <summary>A balance as a row shows it.</summary>
/// <param name="Limit">Null for unlimited.</param>
public sealed record BalanceValue(long? Limit, long? Left, long Percent, bool Exceeded)
{
    /// <summary>From this share of the limit on it is worth a look.</summary>
    public const int NearPercent = 80;

    /// <summary>Near the limit, but not over it.</summary>
    public bool IsNear => !Exceeded && Limit is not null && Percent >= NearPercent;

    /// <summary>What the colour says, in a word.</summary>
    public string Word =>
        Limit is null ? "no limit"
        : Exceeded ? "over"
        : IsNear ? "near"
        : "ok";

    /// <summary>Reads a balance; null is one that the plan does not include.</summary>
    public static BalanceValue? Read(JsonElement balance) =>
        balance.ValueKind != JsonValueKind.Object
            ? null
            : new(
                Whole(balance.GetProperty("effective_limit")),
                Whole(balance.GetProperty("balance_value")),
                balance.GetProperty("balance_percent").GetInt64(),
                balance.GetProperty("exceeded").GetBoolean()
            );

    private static long? Whole(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
