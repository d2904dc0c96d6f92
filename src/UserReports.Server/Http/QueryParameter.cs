using UserReports.Core.Figures;
using UserReports.Core.Query;

namespace UserReports.Server.Http;

/// <summary>A parameter of a route's address: what is not declared is refused.</summary>
/// <param name="Kind">What its value is, for the OpenAPI document.</param>
internal sealed record QueryParameter(string Name, string Description, ParameterKind Kind = ParameterKind.Text)
{
    public static readonly QueryParameter Q = new("q", "Which rows, in the query language; everything without it.");
    public static readonly QueryParameter Ordering = new(
        "ordering",
        "Up to five paths, separated by commas; a leading - sorts the other way. Default: username."
    );

    public static readonly QueryParameter Limit = new(
        "limit",
        "Rows of a page; 100 by default, and where it is 0. Too large a number is cut.",
        ParameterKind.Whole
    );
    public static readonly QueryParameter Start = new("start", "Rows to skip, with limit.", ParameterKind.Whole);
    public static readonly QueryParameter Offset = new("offset", "The same as start.", ParameterKind.Whole);
    public static readonly QueryParameter Page = new(
        "page",
        "The number of a page, from 1, with page_size.",
        ParameterKind.Whole
    );
    public static readonly QueryParameter PageSize = new(
        "page_size",
        "Rows of a page, with page.",
        ParameterKind.Whole
    );
    public static readonly QueryParameter Cursor = new(
        "cursor",
        "Empty to begin paging by cursor, then what next says. Every page costs the same, however far in."
    );

    public static readonly QueryParameter Count = new(
        "count",
        "false leaves out the number of all rows; true by default.",
        ParameterKind.Flag
    );
    public static readonly QueryParameter Fields = new(
        "fields",
        "Only these paths, separated by commas, in the report's shape."
    );

    public static readonly QueryParameter MaxStaleness = new(
        "max_staleness",
        "Rows that were computed longer ago, such as 5m, are computed anew before the answer: at most 1000, within 10 s; X-Stale-Rows says how many were not."
    );

    public static readonly QueryParameter At = new(
        "at",
        "A day, such as 2026-11-02, or an instant: the answer is from the last snapshot before its end, and X-Snapshot-At says when that was taken."
    );

    public static readonly QueryParameter From = new(
        "from",
        "The earlier moment, a day such as 2026-11-23 or an instant: the last snapshot before its end. Or previous: the rows of the run before the present one, which are kept until the next run begins."
    );
    public static readonly QueryParameter To = new(
        "to",
        "The later moment, the same way; now, which it is by default, for the present rows."
    );
    public static readonly QueryParameter HistoryMetrics = new(
        "metrics",
        "submissions, own_submissions, products, or the path of one value that is no list and names nobody; separated by commas. Without it submissions, products, storage, limits and how much of them is used."
    );
    public static readonly QueryParameter Organization = new(
        "organization",
        "The identifier of the organisation whose row is meant; needed where the account belongs to several."
    );
    public static readonly QueryParameter FirstDay = new(
        "from",
        "The first day, such as 2026-11-02; 366 days up to the last one without it, and 1096 at the most."
    );
    public static readonly QueryParameter LastDay = new("to", "The last day, included; today by default.");
    public static readonly QueryParameter Show = new(
        "show",
        "Which rows are answered: entered, left, changed or all (by default). All are counted."
    );
    public static readonly QueryParameter ComparedFields = new(
        "fields",
        "Compared paths, separated by commas, in place of those that q names."
    );
    public static readonly QueryParameter ComparisonFormat = new(
        "format",
        "json (by default), page by page; ndjson or csv for all rows as a file."
    );
    public static readonly QueryParameter Format = new("format", "Only json; accepted for clients that send it.");
    public static readonly QueryParameter ExportFormat = new(
        "format",
        "csv (by default), ndjson, parquet or xlsx.",
        ParameterKind.ExportFormat
    );

    public static readonly QueryParameter Bom = new(
        "bom",
        "true begins a csv file with a byte order mark, by which Excel knows that it is UTF-8; false by default.",
        ParameterKind.Flag
    );

    public static readonly QueryParameter GroupBy = new(
        "group_by",
        "Up to two paths, separated by commas; an instant may end in __day, __week, __month or __year, a number in __by10."
    );

    public static readonly QueryParameter Metrics = new(
        "metrics",
        "count, or a number's path ending in __sum, __min, __max, __avg or __p95; separated by commas."
    );

    public static readonly QueryParameter Top = new(
        "top",
        "Groups that are answered one by one, at most 1000; 20 by default.",
        ParameterKind.Whole
    );

    public static readonly QueryParameter Reason = new(
        "reason",
        "Why names must be seen, in at most 500 characters; it is recorded."
    );
    public static readonly QueryParameter UserUid = new(
        "user_uid",
        "The account whose names are to be seen; or q, for the rows of a query."
    );

    public static readonly QueryParameter Since = new(
        "since",
        "Only records from this instant on; a day alone is its beginning, UTC.",
        ParameterKind.Instant
    );
    public static readonly QueryParameter Until = new(
        "until",
        "Only records before this instant.",
        ParameterKind.Instant
    );
    public static readonly QueryParameter User = new("user", "Only what this account did, by its name or id.");
    public static readonly QueryParameter Text = new(
        "text",
        "Only records whose route, path, event or query holds this."
    );
}

/// <summary>What the value of a parameter is.</summary>
internal enum ParameterKind
{
    Text,
    Whole,
    Flag,
    Instant,
    ExportFormat,
}

/// <summary>The parameters that a route takes.</summary>
internal sealed record AcceptedParameters(IReadOnlyList<QueryParameter> All)
{
    /// <summary>Older clients add it with a number of chance, so that no cache between answers them.</summary>
    private const string CacheBuster = "_";

    /// <summary>Everything in the address that is not taken or stands there twice.</summary>
    public IReadOnlyList<RequestFault> Check(IQueryCollection query)
    {
        List<RequestFault> faults = [];
        foreach (var (name, values) in query)
        {
            if (name == CacheBuster)
                continue;
            if (!All.Any(parameter => parameter.Name == name))
            {
                var near = NearestNames.Of(name, All.Select(parameter => parameter.Name));
                faults.Add(new(name, Problems.UnknownParameter.Code, UnknownText(name, near), name, 0, near));
            }
            else if (values.Count > 1)
            {
                faults.Add(
                    new(
                        name,
                        Problems.BadParameter.Code,
                        $"The parameter {name} stands there {Times(values.Count)}; say it once.",
                        values[1] ?? "",
                        0,
                        []
                    )
                );
            }
        }

        if (All.Contains(QueryParameter.Format) && query["format"].ToString() is not ("" or "json") and var format)
        {
            faults.Add(
                new(
                    "format",
                    Problems.BadParameter.Code,
                    "The format is always json; leave the parameter out.",
                    format,
                    0,
                    ["json"]
                )
            );
        }

        return faults;
    }

    private static string UnknownText(string name, IReadOnlyList<string> near) =>
        $"The parameter \"{name}\" is not known."
        + (near.Count > 0 ? $" Did you mean {string.Join(" or ", near)}?" : "");

    private static string Times(int count) => Counted.Of(count, "time");
}
