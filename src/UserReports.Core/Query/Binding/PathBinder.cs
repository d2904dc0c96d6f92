using System.Globalization;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Reports;

namespace UserReports.Core.Query.Binding;

/// <summary>Finds the field that a path means, and the lookup at its end.</summary>
internal static class PathBinder
{
    private const int ElementMax = 9999;

    /// <summary>Names that clients of the earlier endpoint filter and order by.</summary>
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["current_period_start"] = "service_usage__current_period_start",
        ["current_period_end"] = "service_usage__current_period_end",
        ["total_storage_bytes"] = "service_usage__total_storage_bytes",
        ["total_submission_count_current_period"] = "service_usage__total_submission_count__current_period",
        ["total_submission_count_all_time"] = "service_usage__total_submission_count__cumulative",
        ["total_nlp_usage_asr_seconds_all_time"] = "service_usage__total_nlp_usage__asr_seconds_all_time",
        ["total_nlp_usage_mt_characters_all_time"] = "service_usage__total_nlp_usage__mt_characters_all_time",
    };

    private static readonly IReadOnlyList<Field> Top = [ReportCatalogue.RowId, .. ReportCatalogue.Fields];

    private static readonly string[] AllPaths =
    [
        ReportCatalogue.RowId.Path,
        .. ReportCatalogue.All.Select(f => f.Path).Distinct(),
        .. Aliases.Keys,
    ];

    /// <summary>The field of a path.</summary>
    /// <exception cref="QueryFault">The path names nothing, or its end is no lookup of that field.</exception>
    public static BoundPath Bind(string path, int position)
    {
        if (PathText.Split(path) is not { } written)
        {
            throw QueryFault.Of(
                QueryErrorCode.BadSyntax,
                "A key in quotes needs both of them, and nothing but [] behind it before the next __.",
                path,
                position
            );
        }

        var segments = written.ToList();
        if (segments[0] is { Lists: 0, Text: var first } && Aliases.TryGetValue(first, out var alias))
            segments = [.. PathText.Split(alias)!, .. segments[1..]];
        IReadOnlyList<Field> siblings = Top;
        Field? field = null;
        List<int?> elements = [];
        var index = 0;
        while (index < segments.Count && (field is null || field.Kind is FieldKind.Object or FieldKind.List))
        {
            var segment = segments[index];
            if (siblings.FirstOrDefault(f => f.Name == segment.Text) is not { } next)
            {
                if (field is { Kind: FieldKind.Object } && LookupOf(segment) is not null)
                    break;
                throw Unknown(path, position, segment.Text, siblings, field);
            }

            index++;
            if (segment.Lists > (next.Kind == FieldKind.List ? 1 : 0) && next.Kind != FieldKind.Json)
                throw Fault(path, position, $"\"{next.Name}\" is no list; write it without [].", [next.Path]);
            field = next;
            siblings = next.Children;
            if (next.Kind != FieldKind.List)
                continue;
            if (index == segments.Count)
                return new(new(next, elements, []), InstantPart.Whole, Lookup.Exact, IsWholeList: true);
            if (index == segments.Count - 1 && LookupOf(segments[index]) == Lookup.IsNull)
                return new(new(next, elements, []), InstantPart.Whole, Lookup.IsNull, IsWholeList: true);
            if (segment.Lists > 0)
            {
                elements.Add(null);
            }
            else if (IsPosition(segments[index], out var at))
            {
                elements.Add(at);
                index++;
                if (
                    index == segments.Count
                    || (index == segments.Count - 1 && LookupOf(segments[index]) == Lookup.IsNull)
                )
                    throw Fault(path, position, "A list element is no value; name one of its fields.", Nearby(next));
            }
            else
            {
                throw Fault(
                    path,
                    position,
                    $"\"{next.Name}\" is a list; write {next.Path} for any element or {next.Name}__0 for the first.",
                    [
                        string.Join(
                            PathText.Separator,
                            [
                                .. segments[..(index - 1)].Select(s => s.Written),
                                next.Name + "[]",
                                .. segments[index..].Select(s => s.Written),
                            ]
                        ),
                    ]
                );
            }
        }

        return WithLookup(path, position, segments, index, field!, elements);
    }

    private static BoundPath WithLookup(
        string path,
        int position,
        List<PathSegment> segments,
        int index,
        Field field,
        List<int?> elements
    )
    {
        List<string?> keys = [];
        if (field.Kind == FieldKind.Json)
        {
            keys.AddRange(Enumerable.Repeat<string?>(null, segments[index - 1].Lists));
            for (; index < segments.Count && !IsLookupOfKeys(segments, index, keys); index++)
            {
                if (segments[index] is { Text: "", IsQuoted: false })
                {
                    throw Fault(
                        path,
                        position,
                        "In free-form JSON name a key, or the position of an element of a list; an empty key is written \"\".",
                        []
                    );
                }

                keys.Add(segments[index].Text);
                keys.AddRange(Enumerable.Repeat<string?>(null, segments[index].Lists));
            }

            if (keys.Count(key => key is null) > QueryBounds.DepthMax)
            {
                throw QueryFault.Of(
                    QueryErrorCode.QueryTooComplex,
                    $"A path goes through at most {QueryBounds.DepthMax} lists.",
                    path,
                    position
                );
            }
        }

        var bound = new BoundPath(new(field, elements, keys), InstantPart.Whole, Lookup.Exact);
        if (
            index < segments.Count
            && field.Kind == FieldKind.Instant
            && Lookups.FindPart(segments[index].Written) is { } part
        )
        {
            bound = bound with { Part = part };
            index++;
        }

        if (index == segments.Count)
            return bound;
        var known = LookupOf(segments[index]);
        if (
            index == segments.Count - 1
            && known is { } lookup
            && Lookups.Of(field.Kind).Contains(lookup)
            && (bound.Part == InstantPart.Whole || !Lookups.IsTextual(lookup))
        )
            return bound with { Lookup = lookup };

        var name = segments[index].Text;
        var names = Lookups.NamesOf(field.Kind);
        var kind = field.Kind.ToString().ToLowerInvariant();
        var rest = string.Join(PathText.Separator, segments[index..].Select(s => s.Written));
        throw QueryFault.Of(
            QueryErrorCode.UnsupportedLookup,
            known is null || index < segments.Count - 1
                ? $"\"{rest}\" is no lookup of \"{bound.Path}\" ({kind})."
                : $"\"{bound.Path}\" ({kind}) cannot be compared by \"{name}\".",
            path,
            position,
            NearestNames.Of(name, names) is { Count: > 0 } nearest ? nearest : names
        );
    }

    /// <summary>
    /// Right below the field a lookup that needs a value of its own is a key: details may well have a "year" or a
    /// "range".
    /// </summary>
    private static bool IsLookupOfKeys(List<PathSegment> segments, int index, List<string?> keys) =>
        index == segments.Count - 1
        && LookupOf(segments[index]) is { } last
        && (keys.Count > 0 || last == Lookup.IsNull);

    private static Lookup? LookupOf(PathSegment segment) =>
        segment is { IsQuoted: false, Lists: 0 } ? Lookups.Find(segment.Text) : null;

    private static bool IsPosition(PathSegment segment, out int at)
    {
        at = 0;
        return segment is { IsQuoted: false, Lists: 0 }
            && int.TryParse(segment.Text, NumberStyles.None, CultureInfo.InvariantCulture, out at)
            && at <= ElementMax;
    }

    private static IReadOnlyList<string> Nearby(Field list) => [.. list.Children.Take(3).Select(c => c.Path)];

    private static QueryFault Unknown(
        string path,
        int position,
        string name,
        IReadOnlyList<Field> siblings,
        Field? parent
    )
    {
        var near = NearestNames
            .Of(name, siblings.Select(f => f.Name))
            .Select(n => siblings.First(f => f.Name == n).Path)
            .ToList();
        if (near.Count == 0)
        {
            near = [.. NearestNames.Of(path, AllPaths)];
            if (near.Count == 0)
                near = [.. ReportCatalogue.All.Where(f => f.Name == name).Select(f => f.Path).Take(3)];
        }

        var where = parent is null ? "The report has no field" : $"\"{parent.Path}\" has no field";
        var message = $"{where} \"{name}\"." + (near.Count == 0 ? "" : $" Did you mean {string.Join(" or ", near)}?");
        return QueryFault.Of(QueryErrorCode.UnknownField, message, path, position, near);
    }

    private static QueryFault Fault(string path, int position, string message, IReadOnlyList<string> suggestions) =>
        QueryFault.Of(QueryErrorCode.UnknownField, message, path, position, suggestions);
}

/// <summary>A path with what its last segments ask for.</summary>
/// <param name="IsWholeList">True for a path that ends on a list of the catalogue: <c>subscriptions[]</c>.</param>
internal sealed record BoundPath(FieldPath Path, InstantPart Part, Lookup Lookup, bool IsWholeList = false);
