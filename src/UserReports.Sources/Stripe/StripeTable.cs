using UserReports.Core.Reports;
using UserReports.Sources.Schema;

namespace UserReports.Sources.Stripe;

/// <summary>
/// One of dj-stripe's tables in whichever shape it is there: what is read stands in columns of its own, or from 2.10 on
/// mostly in <c>stripe_data</c>, which is then read as a whole. Where there is a column it counts.
/// </summary>
/// <param name="columns">What is read, and as what.</param>
/// <param name="alias">The table's alias in the statement.</param>
/// <param name="dataIf">A condition under which <c>stripe_data</c> is read although every column is there.</param>
internal sealed class StripeTable(SourceCatalogue catalogue, SourceTable columns, string alias, string? dataIf = null)
{
    private const string Data = "stripe_data";

    private readonly Dictionary<string, int> places = columns
        .Columns.Where(column => catalogue.Has(columns.Name, column.Name))
        .Select((column, place) => (column.Name, place))
        .ToDictionary(column => column.Name, column => column.place, StringComparer.Ordinal);

    /// <summary>What the statement selects.</summary>
    public string Selected
    {
        get
        {
            var sql = new SourceColumns(catalogue);
            var data = sql.Value(columns.Name, alias, Data, ValueKind.Json);
            return string.Join(
                ", ",
                [
                    .. columns
                        .Columns.Where(column => places.ContainsKey(column.Name))
                        .Select(column => sql.Value(columns.Name, alias, column.Name, column.Kind)),
                    places.Count < columns.Columns.Count || !catalogue.Has(columns.Name, Data) ? data
                    : dataIf is null ? "cast(null as text)"
                    : $"case when {dataIf} then {data} end",
                ]
            );
        }
    }

    /// <summary>The record that a row holds from column <paramref name="first"/> on.</summary>
    public StripeRecord Read(FieldReader fields, int first) =>
        new(fields, fields.Json(first + places.Count, Data))
        {
            PlaceOf = column => places.TryGetValue(column, out var place) ? first + place : null,
        };
}

/// <summary>One of Stripe's objects, by the names of dj-stripe's columns.</summary>
/// <param name="fields">Told of what cannot be read.</param>
/// <param name="data">The object as Stripe sent it, or null.</param>
internal sealed class StripeRecord(FieldReader fields, JsonText? data)
{
    /// <summary>The object as Stripe sent it, or null where it is not needed or not there.</summary>
    public JsonText? Data => data;

    /// <summary>Where the row has a column of its own for it.</summary>
    public Func<string, int?> PlaceOf { get; init; } = _ => null;

    /// <summary>What is put before a field's name where something is told of it.</summary>
    public string Within { get; init; } = "";

    /// <summary>Text or null.</summary>
    public string? Text(string column) =>
        PlaceOf(column) is { } place ? fields.Text(place, column)
        : StripeValues.TryText(data?.Member(column), out var text) ? text
        : Unreadable<string?>(column, ValueKind.Text);

    /// <summary>The id of another object, or null; the name of a column of its own ends with <c>_id</c>.</summary>
    public string? Id(string column) =>
        PlaceOf(column) is { } place ? fields.Text(place, column)
        : StripeValues.TryId(data?.Member(KeyOf(column)), out var id) ? id
        : Unreadable<string?>(KeyOf(column), ValueKind.Id);

    /// <summary>True, false or null.</summary>
    public bool? Flag(string column) =>
        PlaceOf(column) is { } place ? fields.Flag(place, column)
        : StripeValues.TryFlag(data?.Member(column), out var flag) ? flag
        : Unreadable<bool?>(column, ValueKind.Flag);

    /// <summary>A whole number or null.</summary>
    public long? Integer(string column) =>
        PlaceOf(column) is { } place ? fields.Integer(place, column)
        : StripeValues.TryInteger(data?.Member(column), out var number) ? number
        : Unreadable<long?>(column, ValueKind.Integer);

    /// <summary>A decimal number or null.</summary>
    public decimal? Decimal(string column) =>
        PlaceOf(column) is { } place ? fields.Decimal(place, column)
        : StripeValues.TryDecimal(data?.Member(column), out var number) ? number
        : Unreadable<decimal?>(column, ValueKind.Decimal);

    /// <summary>An instant or null.</summary>
    public DateTimeOffset? Instant(string column) =>
        PlaceOf(column) is { } place ? fields.Instant(place, column)
        : StripeValues.TryInstant(data?.Member(column), out var instant) ? instant
        : Unreadable<DateTimeOffset?>(column, ValueKind.Instant);

    /// <summary>JSON or null.</summary>
    public JsonText? Json(string column) =>
        PlaceOf(column) is { } place ? fields.Json(place, column) : StripeValues.Json(data?.Member(column));

    /// <summary>Tells that a value is none of what is wanted.</summary>
    public T? Unreadable<T>(string field, ValueKind kind)
    {
        fields.TellUnreadable(Within + field, kind);
        return default;
    }

    /// <summary>An object within this one.</summary>
    public StripeRecord Inner(JsonText inner, string within) => new(fields, inner) { Within = Within + within };

    private static string KeyOf(string column) =>
        column.EndsWith("_id", StringComparison.Ordinal) && column != "djstripe_id" ? column[..^3] : column;
}
