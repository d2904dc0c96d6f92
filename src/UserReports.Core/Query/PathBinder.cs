using System.Globalization;
using UserReports.Core.Reports;

namespace UserReports.Core.Query;

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

    private static readonly string[] AllPaths =
    [
        .. ReportCatalogue.All.Select(f => f.Path).Distinct(),
        .. Aliases.Keys,
    ];

    /// <summary>The field of a path.</summary>
    /// <exception cref="QueryFault">The path names nothing, or its end is no lookup of that field.</exception>
    public static BoundPath Bind(string path, int position)
    {
        var segments = path.Split("__");
        if (Aliases.TryGetValue(segments[0], out var alias))
            segments = [.. alias.Split("__"), .. segments[1..]];
        IReadOnlyList<Field> siblings = ReportCatalogue.Fields;
        Field? field = null;
        List<int?> elements = [];
        var index = 0;
        while (index < segments.Length && (field is null || field.Kind is FieldKind.Object or FieldKind.List))
        {
            var (name, any) = WithoutBrackets(segments[index]);
            if (siblings.FirstOrDefault(f => f.Name == name) is not { } next)
            {
                if (field is { Kind: FieldKind.Object } && IsLookup(segments[index]))
                    break;
                throw Unknown(path, position, segments, index, siblings, field);
            }

            index++;
            if (any && next.Kind != FieldKind.List)
                throw Fault(path, position, $"\"{next.Name}\" is no list; write it without [].", [next.Path]);
            field = next;
            siblings = next.Children;
            if (next.Kind != FieldKind.List)
                continue;
            if (any)
            {
                if (index == segments.Length)
                    return new(new(next, elements, []), InstantPart.Whole, Lookup.Exact, IsWholeList: true);
                elements.Add(null);
            }
            else if (index < segments.Length && IsPosition(segments[index], out var at))
            {
                elements.Add(at);
                index++;
                if (index == segments.Length || (index == segments.Length - 1 && segments[index] == "isnull"))
                    throw Fault(path, position, "A list element is no value; name one of its fields.", Nearby(next));
            }
            else if (index == segments.Length || segments[index] == "isnull")
            {
                throw Fault(
                    path,
                    position,
                    $"\"{next.Name}\" is a list; \"{next.Path}:\" finds those that are empty.",
                    [next.Path]
                );
            }
            else
            {
                throw Fault(
                    path,
                    position,
                    $"\"{next.Name}\" is a list; write {next.Path} for any element or {next.Name}__0 for the first.",
                    [string.Join("__", segments[..(index - 1)].Append(next.Name + "[]").Concat(segments[index..]))]
                );
            }
        }

        return WithLookup(path, position, segments, index, field!, elements);
    }

    private static BoundPath WithLookup(
        string path,
        int position,
        string[] segments,
        int index,
        Field field,
        List<int?> elements
    )
    {
        List<string> keys = [];
        if (field.Kind == FieldKind.Json)
        {
            // Right below the field a lookup that needs a value of its own is a key: details may well have a "year" or
            // a "range".
            while (
                index < segments.Length
                && !(
                    index == segments.Length - 1
                    && Lookups.Find(segments[index]) is { } last
                    && (keys.Count > 0 || last == Lookup.IsNull)
                )
            )
            {
                if (segments[index].Length == 0 || segments[index].EndsWith("[]", StringComparison.Ordinal))
                {
                    throw Fault(
                        path,
                        position,
                        "In free-form JSON name a key, or the position of an element of a list.",
                        []
                    );
                }

                keys.Add(segments[index++]);
            }
        }

        var bound = new BoundPath(new(field, elements, keys), InstantPart.Whole, Lookup.Exact);
        if (index < segments.Length && field.Kind == FieldKind.Instant && Lookups.FindPart(segments[index]) is { } part)
        {
            bound = bound with { Part = part };
            index++;
        }

        if (index == segments.Length)
            return bound;
        var name = segments[index];
        var known = Lookups.Find(name);
        if (index == segments.Length - 1 && known is { } lookup && Lookups.Of(field.Kind).Contains(lookup))
            return bound with { Lookup = lookup };

        var names = Lookups.NamesOf(field.Kind);
        var kind = field.Kind.ToString().ToLowerInvariant();
        throw QueryFault.Of(
            QueryErrorCode.UnsupportedLookup,
            known is null || index < segments.Length - 1
                ? $"\"{string.Join("__", segments[index..])}\" is no lookup of \"{bound.Path}\" ({kind})."
                : $"\"{bound.Path}\" ({kind}) cannot be compared by \"{name}\".",
            path,
            position,
            NearestNames.Of(name, names) is { Count: > 0 } nearest ? nearest : names
        );
    }

    private static (string Name, bool Any) WithoutBrackets(string segment) =>
        segment.EndsWith("[]", StringComparison.Ordinal) ? (segment[..^2], true) : (segment, false);

    private static bool IsPosition(string segment, out int at) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out at) && at <= ElementMax;

    private static bool IsLookup(string segment) => Lookups.Find(segment) is not null;

    private static IReadOnlyList<string> Nearby(Field list) => [.. list.Children.Take(3).Select(c => c.Path)];

    private static QueryFault Unknown(
        string path,
        int position,
        string[] segments,
        int index,
        IReadOnlyList<Field> siblings,
        Field? parent
    )
    {
        var (name, _) = WithoutBrackets(segments[index]);
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
/// <param name="IsWholeList">True for a path that ends on a list: <c>subscriptions[]</c>.</param>
internal sealed record BoundPath(FieldPath Path, InstantPart Part, Lookup Lookup, bool IsWholeList = false);
