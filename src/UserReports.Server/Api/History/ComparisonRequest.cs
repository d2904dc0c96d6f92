using UserReports.Core.Query;
using UserReports.Core.Query.Syntax;
using UserReports.Server.Http;
using UserReports.Server.Requests;
using UserReports.Store.History;

namespace UserReports.Server.Api.History;

/// <summary>A comparison in the words of a request, however it came.</summary>
/// <param name="Rows">Which rows, in which order; its fields are those that are compared, else those of its query.</param>
/// <param name="From">A day or an instant; the run before the present one if it is <c>previous</c>.</param>
/// <param name="To">The same; the present if it is null, empty or <c>now</c>.</param>
/// <param name="Show">entered, left, changed or all; all if it is null or empty.</param>
internal sealed record ComparisonRequest(ReportRequest Rows, string? From, string? To, string? Show)
{
    /// <summary>What the run before the present one is called.</summary>
    public const string Previous = "previous";

    private const string Present = "now";

    private static readonly (string Name, RowChange Change)[] Shown =
    [
        ("entered", RowChange.Entered),
        ("left", RowChange.Left),
        ("changed", RowChange.Changed),
        ("all", RowChange.All),
    ];

    /// <summary>What a change is called.</summary>
    public static string NameOf(RowChange change) => Shown.First(one => one.Change == change).Name;

    /// <summary>The question; null with every fault that was found.</summary>
    /// <param name="conceals">Whether names are concealed from whoever asks.</param>
    public ComparisonQuery? Compile(bool conceals, List<RequestFault> faults)
    {
        var before = faults.Count;
        var compiled = Rows.Compile(conceals);
        faults.AddRange(RequestFaults.Of(compiled.Errors));
        var fields = ReadFields(faults);
        var from = From == Previous ? null : ReadMoment(QueryParameter.From.Name, From, faults);
        var to = string.IsNullOrEmpty(To) || To == Present ? null : ReadMoment(QueryParameter.To.Name, To, faults);
        var shown = Array.Find(Shown, one => one.Name == (string.IsNullOrEmpty(Show) ? "all" : Show));
        if (shown.Name is null)
            Add(
                QueryParameter.Show.Name,
                "The parameter show must be entered, left, changed or all.",
                Show,
                faults,
                [.. Shown.Select(one => one.Name)]
            );
        if (From == Previous && to is not null)
            Add(
                QueryParameter.To.Name,
                "The run before is compared with the present alone: leave the parameter to out.",
                To,
                faults
            );
        if (from >= to)
            Add(QueryParameter.To.Name, "The parameter to must be a later moment than from.", To, faults);
        return faults.Count > before
            ? null
            : new(compiled.Query!, fields ?? ComparedField.Of(compiled.Query!.Filter), from, to, shown.Change);
    }

    private static DateTimeOffset? ReadMoment(string name, string? text, List<RequestFault> faults)
    {
        if (PastReports.Parse(text ?? "") is { } moment)
            return moment;
        Add(
            name,
            $"The parameter {name} must be a day or an instant, as in 2026-11-23 or 2026-11-23T08:00:00Z"
                + (name == QueryParameter.To.Name ? ", or now." : ", or previous."),
            text,
            faults
        );
        return null;
    }

    private IReadOnlyList<ComparedField>? ReadFields(List<RequestFault> faults)
    {
        var before = faults.Count;
        if (FieldProjection.Read(Rows.Fields, faults) is null || faults.Count > before)
            return null;
        List<ComparedField> fields = [];
        foreach (var (text, position) in PathText.SplitList(Rows.Fields!))
        {
            if (text.Length == 0)
                continue;
            if (QueryCompiler.FindPath(text) is var (path, _))
                fields.Add(ComparedField.Of(path));
            else
                faults.Add(
                    new(
                        "fields",
                        QueryErrorCode.UnknownField,
                        $"\"{text}\" cannot be compared: write it as it is written in a query.",
                        text,
                        position,
                        []
                    )
                );
        }

        return [.. fields.DistinctBy(field => field.ToString())];
    }

    private static void Add(
        string name,
        string detail,
        string? text,
        List<RequestFault> faults,
        params IReadOnlyList<string> suggestions
    ) => faults.Add(new(name, Problems.BadParameter.Code, detail, text ?? "", 0, suggestions));
}
