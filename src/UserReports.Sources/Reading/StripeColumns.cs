namespace UserReports.Sources.Reading;

/// <summary>
/// Finds a Stripe column in either shape of dj-stripe's tables: a column of its own, or from 2.10 on a key of
/// <c>stripe_data</c>.
/// </summary>
/// <remarks>
/// Stripe writes instants as seconds since 1970 and other objects as their id or, expanded, as the object. Values of
/// the wrong type become null rather than an error: a cast that fails would cost the whole range. Instants that are
/// none, or that no calendar has, become infinity, which <see cref="SourceRow.TryInstant"/> refuses.
/// </remarks>
public sealed class StripeColumns(SourceCatalogue catalogue)
{
    private const string NumberPattern = "'^-?[0-9]{1,18}(\\.[0-9]+)?$'";

    /// <summary>Seconds of the years 1 to 9999.</summary>
    private const string CalendarPattern = "'^-?[0-9]{1,12}(\\.[0-9]+)?$'";
    private const string CalendarStart = "-62135596800";
    private const string CalendarEnd = "253402300799";

    /// <summary>Text.</summary>
    public string Text(string table, string alias, string column) =>
        Own(table, alias, column) ?? Data(table, alias, data => $"{data} ->> '{column}'");

    /// <summary>
    /// The id of another Stripe object; <paramref name="column"/> ends with <c>_id</c> where it is a column of its
    /// own.
    /// </summary>
    public string Id(string table, string alias, string column)
    {
        var key = column.EndsWith("_id", StringComparison.Ordinal) ? column[..^3] : column;
        return Own(table, alias, column)
            ?? Data(table, alias, data => $"coalesce({data} -> '{key}' ->> 'id', {data} ->> '{key}')");
    }

    /// <summary>True or false.</summary>
    public string Boolean(string table, string alias, string column) =>
        Own(table, alias, column)
        ?? Data(table, alias, data => $"case {data} ->> '{column}' when 'true' then true when 'false' then false end");

    /// <summary>A whole number.</summary>
    public string Integer(string table, string alias, string column) =>
        Own(table, alias, column) is { } own
            ? $"cast({own} as bigint)"
            : Data(
                table,
                alias,
                data => Number($"{data} ->> '{column}'", "cast(trunc(cast({0} as numeric)) as bigint)"),
                "bigint"
            );

    /// <summary>A decimal number.</summary>
    public string Decimal(string table, string alias, string column) =>
        Own(table, alias, column)
        ?? Data(table, alias, data => Number($"{data} ->> '{column}'", "cast({0} as numeric)"), "numeric");

    /// <summary>An instant.</summary>
    public string Instant(string table, string alias, string column) =>
        Own(table, alias, column) ?? Data(table, alias, data => Instant($"({data} ->> '{column}')"), "timestamp");

    /// <summary>JSON.</summary>
    public string Json(string table, string alias, string column) =>
        Own(table, alias, column) ?? Data(table, alias, data => $"{data} -> '{column}'");

    private static string Number(string text, string cast) =>
        $"case when ({text}) ~ {NumberPattern} then {string.Format(System.Globalization.CultureInfo.InvariantCulture, cast, $"({text})")} end";

    private static string Instant(string text) =>
        $"""
            case when {text} is null then null
                when {text} ~ {CalendarPattern} then
                    case when cast({text} as double precision) between {CalendarStart} and {CalendarEnd}
                        then to_timestamp(cast({text} as double precision)) else cast('infinity' as timestamptz) end
                else cast('infinity' as timestamptz) end
            """;

    private string? Own(string table, string alias, string column) =>
        catalogue.Has(table, column) ? $"{alias}.\"{column}\"" : null;

    private string Data(string table, string alias, Func<string, string> read, string typeIfMissing = "text") =>
        catalogue.Has(table, "stripe_data") ? $"({read($"{alias}.stripe_data")})" : $"cast(null as {typeIfMissing})";
}
