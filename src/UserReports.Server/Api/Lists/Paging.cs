using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using UserReports.Server.Http;
using UserReports.Server.Http.Mounting;
using UserReports.Store;

namespace UserReports.Server.Api.Lists;

/// <summary>Which part of a list is asked for, in one of the three ways to ask.</summary>
/// <param name="Start">Rows before the page; 0 with a cursor.</param>
/// <param name="StartName">start, offset or page: what the next page is asked for with; null with a cursor.</param>
/// <param name="Cursor">As it was sent; empty to begin; null if the list is not paged by cursor.</param>
internal sealed record Paging(int Limit, long Start, string? StartName, string? Cursor)
{
    public const int LimitDefault = 100;

    /// <summary>
    /// What <c>at</c> is in the addresses of other pages, where it is in the one that was asked for: they are of the
    /// same snapshot, whatever is kept meanwhile. Null to leave it.
    /// </summary>
    public string? At { get; init; }

    /// <summary>A page farther in would cost more than anybody can want; a cursor goes as far as one likes.</summary>
    public const long StartMax = 1_000_000_000;

    private static readonly string[] Ways = ["start", "offset", "page", "cursor"];

    /// <param name="limitMax">A larger limit is cut to it.</param>
    public static Paging Read(IQueryCollection query, int limitMax, List<RequestFault> faults)
    {
        var ways = Ways.Where(query.ContainsKey).ToList();
        if (ways.Count > 1)
        {
            faults.Add(
                new(
                    ways[1],
                    Problems.BadParameter.Code,
                    $"The parameters {string.Join(" and ", ways)} exclude each other: page in one way.",
                    query[ways[1]].ToString(),
                    0,
                    []
                )
            );
        }

        if (query.ContainsKey("limit") && query.ContainsKey("page_size"))
        {
            faults.Add(
                new(
                    "page_size",
                    Problems.BadParameter.Code,
                    "The parameters limit and page_size exclude each other.",
                    query["page_size"].ToString(),
                    0,
                    []
                )
            );
        }

        var limit = (int)
            Math.Min(
                limitMax,
                Number(
                    query,
                    query.ContainsKey("page_size") ? "page_size" : "limit",
                    0,
                    long.MaxValue,
                    LimitDefault,
                    faults
                )
                    is > 0
                        and var asked
                    ? asked
                    : LimitDefault
            );
        if (query.TryGetValue("cursor", out var cursor))
            return new(limit, 0, null, cursor.ToString());
        if (ways is ["page", ..] || ways.Count == 0 && query.ContainsKey("page_size"))
        {
            var page = Number(query, "page", 1, StartMax / limit, 1, faults);
            return new(limit, (page - 1) * limit, "page", null);
        }

        var name = ways.FirstOrDefault() ?? "start";
        return new(limit, Number(query, name, 0, StartMax, 0, faults), name, null);
    }

    /// <summary>The address of the page after this one, or null.</summary>
    /// <param name="cursorOf">The cursor for a key.</param>
    public string? Next(HttpRequest request, bool hasMore, PageKey? key, Func<PageKey, string> cursorOf) =>
        StartName is null
            ? key is null
                ? null
                : Link(request, "cursor", cursorOf(key))
            : hasMore
                ? Link(request, StartName, Place(Start + Limit))
                : null;

    /// <summary>The address of the page before this one, or null; of one past the end that of the last one.</summary>
    /// <param name="count">All rows there are, or null if the page has rows of its own.</param>
    /// <inheritdoc cref="Next"/>
    public string? Previous(HttpRequest request, long? count, PageKey? key, Func<PageKey, string> cursorOf) =>
        StartName is null
            ? key is null
                ? null
                : Link(request, "cursor", cursorOf(key))
            : Start == 0 || count == 0
                ? null
                : Link(request, StartName, Place(count <= Start ? LastOf(count.Value) : Math.Max(0, Start - Limit)));

    private long LastOf(long count) => (count - 1) / Limit * Limit;

    private string Place(long start) =>
        (StartName == "page" ? start / Limit + 1 : start).ToString(CultureInfo.InvariantCulture);

    private string Link(HttpRequest request, string name, string value) =>
        At is { } at && request.Query.ContainsKey("at")
            ? AddressOf(request, ("at", at), (name, value))
            : AddressOf(request, (name, value));

    /// <summary>The address that was asked for, with some parameters replaced and all others as they were.</summary>
    internal static string AddressOf(HttpRequest request, params IReadOnlyList<(string Name, string Value)> replaced)
    {
        // What stands in the body of a request is sent there again.
        var query = QueryString.Create(
            QueryHelpers
                .ParseQuery(request.QueryString.Value)
                .Where(pair => !replaced.Any(one => one.Name == pair.Key))
                .SelectMany(pair => pair.Value, (pair, text) => KeyValuePair.Create(pair.Key, text))
                .Concat(replaced.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value)))
        );
        return KnownHosts.RootOf(request)
            + request.PathBase.ToUriComponent()
            + $"{request.Path.ToUriComponent()}{query.ToUriComponent()}";
    }

    private static long Number(
        IQueryCollection query,
        string name,
        long min,
        long max,
        long standard,
        List<RequestFault> faults
    )
    {
        if (!query.TryGetValue(name, out var values))
            return standard;
        var text = values[^1] ?? "";
        if (
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max
        )
            return number;
        var bounds =
            max == long.MaxValue ? $"from {min}" : string.Create(CultureInfo.InvariantCulture, $"from {min} to {max}");
        faults.Add(
            new(name, Problems.BadParameter.Code, $"The parameter {name} must be a whole number {bounds}.", text, 0, [])
        );
        return standard;
    }
}
