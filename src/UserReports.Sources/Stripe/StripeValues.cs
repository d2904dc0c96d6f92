using System.Text.Json;
using UserReports.Core.Reports;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Stripe;

/// <summary>
/// Values of Stripe's objects: instants are seconds since 1970, other objects are their id or, expanded, the object.
/// False for a value of another type; a value that is not there is null, and true.
/// </summary>
internal static class StripeValues
{
    public static bool TryText(JsonElement? value, out string? text)
    {
        text = value is { } found ? JsonText.StringOf(found) : null;
        return value is null || text is not null;
    }

    public static bool TryId(JsonElement? value, out string? id) =>
        value switch
        {
            { ValueKind: JsonValueKind.Number } number => (id = number.GetRawText()) is not null,
            { ValueKind: JsonValueKind.Object } expanded => TryText(StripeValues.Json(expanded)!.Member("id"), out id)
                && id is not null,
            _ => TryText(value, out id),
        };

    public static bool TryFlag(JsonElement? value, out bool? flag)
    {
        flag = null;
        return value is null || (Scalar(value.Value) is { } text && SourceText.TryFlag(text, out flag));
    }

    public static bool TryInteger(JsonElement? value, out long? number)
    {
        number = null;
        return value is null || (Scalar(value.Value) is { } text && SourceText.TryInteger(text, out number));
    }

    public static bool TryDecimal(JsonElement? value, out decimal? number)
    {
        number = null;
        return value is null || (Scalar(value.Value) is { } text && SourceText.TryDecimal(text, out number));
    }

    public static bool TryInstant(JsonElement? value, out DateTimeOffset? instant)
    {
        instant = null;
        return value is null || (Scalar(value.Value) is { } text && SourceText.TryInstant(text, out instant));
    }

    public static JsonText? Json(JsonElement? value) =>
        value is { } found ? JsonText.Trusted(found.GetRawText()) : null;

    /// <summary>A number, a word of JSON or a string as text; null for what holds other values.</summary>
    private static string? Scalar(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => JsonText.StringOf(value),
            JsonValueKind.Object or JsonValueKind.Array => null,
            _ => value.GetRawText(),
        };
}
