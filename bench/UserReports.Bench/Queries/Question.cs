using System.Globalization;

namespace UserReports.Bench.Queries;

/// <summary>A question as clients ask it, and the same as the materialized view is asked.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Q">The query's text; may hold <c>$email</c>, an address that exists.</param>
/// <param name="Ordering">As in the HTTP interface; null for the default.</param>
/// <param name="Where">The view's condition.</param>
/// <param name="OrderedBy">The column or expression that the view is ordered by; ties end on the row's id.</param>
/// <param name="Direction">What follows it in SQL.</param>
/// <param name="Depth">Which part of all rows lies before the page, 0 to 1.</param>
/// <param name="ByCursor">True to reach the depth by a key, false by an offset.</param>
public sealed record Question(
    string Name,
    string Q,
    string? Ordering,
    string Where,
    string OrderedBy = "username",
    string Direction = "",
    double Depth = 0,
    bool ByCursor = false
)
{
    /// <summary>Rows of a page.</summary>
    public const int PageSize = 100;

    private const string Storage = "(service_usage ->> 'total_storage_bytes')::bigint";
    private const string Balance = "(service_usage #>> '{balances,submission,balance_value}')::bigint";

    /// <summary>What is asked, simple things first.</summary>
    public static readonly IReadOnlyList<Question> All =
    [
        new("no filter", "", null, "true"),
        new("substring of username", "username__icontains:demo", null, "username ilike '%demo%'"),
        new("exact e-mail", "email:\"$email\"", null, "email = '$email'"),
        new("storage, wide", "service_usage__total_storage_bytes__gte:1", null, $"{Storage} >= 1"),
        new("storage, narrow", "service_usage__total_storage_bytes__gte:8000000000", null, $"{Storage} >= 8000000000"),
        new("balance", "service_usage__balances__submission__balance_value__gte:5000", null, $"{Balance} >= 5000"),
        new("nested list", "subscriptions[]__status:active", null, "subscriptions @> '[{\"status\": \"active\"}]'"),
        new("free-form key", "extra_details__data__country:KEN", null, "extra_details #>> '{data,country}' = 'KEN'"),
        new(
            "and, or, not",
            "(account_restricted:true OR service_usage__total_storage_bytes__gte:1000000000) NOT is_active:false "
                + "NOT last_login__gte:2026-06-01",
            null,
            $"(account_restricted or {Storage} >= 1000000000) and is_active "
                + "and not coalesce(last_login >= '2026-06-01Z', false)"
        ),
        new("by e-mail, descending", "", "-email", "true", "email", " desc"),
        new("by date joined, descending", "", "-date_joined", "true", "date_joined", " desc"),
        new("by last login", "", "last_login", "true", "last_login", " nulls last"),
        new("by storage, descending", "", "-total_storage_bytes", "true", Storage, " desc"),
        new(
            "by percent of limit",
            "",
            "-service_usage__balances__submission__balance_percent",
            "true",
            "(service_usage #>> '{balances,submission,balance_percent}')::bigint",
            " desc nulls last"
        ),
        new("half-way down, by offset", "", null, "true", Depth: 0.5),
        new("half-way down, by cursor", "", null, "true", Depth: 0.5, ByCursor: true),
    ];

    /// <summary>
    /// The query's text as nobody has asked it before: every account fulfils the term that is added, but no answer is
    /// known yet. Without a filter the text stays, and <see cref="Offset"/> moves instead.
    /// </summary>
    /// <param name="time">How often it has been asked.</param>
    /// <param name="email">An address that exists.</param>
    public string Anew(int time, string email)
    {
        var text = As(email);
        return text.Length == 0
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"({text}) asset_count__gte:-{time + 1}");
    }

    /// <summary>Its page over HTTP, as nobody has asked for it before.</summary>
    /// <inheritdoc cref="Anew"/>
    /// <param name="rows">Rows in all.</param>
    public string Parameters(long rows, int time, string email) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"limit={PageSize}&q={Uri.EscapeDataString(Anew(time, email))}"
                + $"&ordering={Ordering ?? ""}&start={Offset(rows, time)}"
        );

    /// <summary>The query's text, the same each time.</summary>
    public string As(string email) => Q.Replace("$email", email, StringComparison.Ordinal);

    /// <summary>How many rows lie before the page; without a filter, another page each time.</summary>
    /// <param name="rows">Rows in all.</param>
    public long Offset(long rows, int time = 0) =>
        (long)(Depth * rows) + (Q.Length == 0 ? (long)time * PageSize % Math.Max(1, rows / 4) : 0);
}
