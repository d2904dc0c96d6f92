using System.Globalization;
using UserReports.Core.Query.Patterns;
using UserReports.Core.Query.Syntax;
using UserReports.Core.Query.Values;
using UserReports.Core.Reports;

namespace UserReports.Core.Query.Binding;

/// <summary>Makes of a written value what its field compares with.</summary>
internal static class ValueBinder
{
    private static readonly string[] InstantFormats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mm",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd' 'HH:mm:ss",
        "yyyy-MM-dd' 'HH:mm:ssK",
        "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mm:sszz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzz",
        "yyyy-MM-dd' 'HH:mm:sszz",
        "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFzz",
    ];

    /// <summary>The comparison of a bound path with a value.</summary>
    /// <param name="warnings">Takes what is likely not meant.</param>
    /// <exception cref="QueryFault">The value does not fit.</exception>
    public static Condition Bind(BoundPath bound, ValueText value, List<QueryWarning> warnings)
    {
        var parts = bound.Lookup == Lookup.In ? Parts(value) : [value];
        var condition = Bind(bound, value, parts);
        if (condition is not Condition.IsNull)
            warnings.AddRange(UnlikelyValues.Of(bound, parts));
        return condition;
    }

    private static Condition Bind(BoundPath bound, ValueText value, List<ValueText> parts)
    {
        var path = bound.Path;
        if (bound.Lookup == Lookup.IsNull)
            return new Condition.IsNull(path.OfWholeList, Boolean(value, "isnull").Value);
        if (value.IsNull && bound is { Lookup: Lookup.Exact })
            return new Condition.IsNull(path.OfWholeList, true);
        if (
            (bound.IsWholeList || path.Keys is [.., null])
            && bound.Lookup == Lookup.Exact
            && value is { Text: "", IsQuoted: false }
        )
            return new Condition.IsEmpty(path.OfWholeList);
        if (bound.IsWholeList)
        {
            throw Misfit(
                value,
                $"\"{path}[]\" is a list: leave the value empty to find empty lists, or name a field of it."
            );
        }

        if (path.Kind is FieldKind.Object)
            throw Misfit(
                value,
                $"\"{path}\" is a group of fields: it can only be compared with null; or name a field of it."
            );

        if (bound.Lookup == Lookup.In)
            return In(bound, parts);
        IReadOnlyList<QueryValue> values = bound.Lookup switch
        {
            Lookup.Range => Parts(value) is { Count: 2 } ends
                ? [One(bound, ends[0]), One(bound, ends[1])]
                : throw Misfit(value, "A range takes two values with a comma between them, for example 10,20."),
            _ => [One(bound, value)],
        };
        return new Condition.Comparison(path, bound.Part, bound.Lookup, values);
    }

    /// <summary>A bare null in a list means the rows without a value, as it does alone.</summary>
    private static Condition In(BoundPath bound, List<ValueText> parts)
    {
        List<QueryValue> values = [.. parts.Where(part => !part.IsNull).Select(part => One(bound, part))];
        var isNull = new Condition.IsNull(bound.Path.OfWholeList, true);
        if (values.Count == 0)
            return isNull;
        var among = new Condition.Comparison(bound.Path, bound.Part, Lookup.In, values);
        return values.Count == parts.Count ? among : new Condition.Any([isNull, among]);
    }

    /// <summary>What stands between commas; a part in quotes of its own may hold commas.</summary>
    private static List<ValueText> Parts(ValueText value)
    {
        List<ValueText> parts = [];
        var text = value.Text;
        var offset = value.Position + (value.IsQuoted ? 1 : 0);
        for (var at = 0; at <= text.Length; )
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (
                at < text.Length
                && text[at] is '"' or '\''
                && QuotedText.Read(text, at, out var behind) is { } quoted
                && CommaFrom(text, behind) is { } next
            )
            {
                parts.Add(new(quoted, true, offset + at));
                at = next + 1;
                continue;
            }

            var comma = text.IndexOf(',', at);
            var end = comma < 0 ? text.Length : comma;
            parts.Add(value with { Text = text[at..end].TrimEnd(), Position = offset + at });
            at = end + 1;
        }

        return parts;
    }

    /// <summary>Where the next comma or the end is, if only space is before it.</summary>
    private static int? CommaFrom(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at == text.Length || text[at] == ',' ? at : null;
    }

    private static QueryValue One(BoundPath bound, ValueText value) =>
        bound.Path.Kind switch
        {
            FieldKind.Text => Textual(bound.Lookup, value),
            FieldKind.Instant when Lookups.IsTextual(bound.Lookup) => Textual(bound.Lookup, value),
            FieldKind.Boolean => Boolean(value, bound.Path.ToString()),
            FieldKind.Integer or FieldKind.Decimal => Number(value, bound.Path.ToString()),
            FieldKind.Instant => bound.Part switch
            {
                InstantPart.Whole => Instant(value, bound.Path.ToString()),
                InstantPart.Date => Day(value, bound.Path.ToString()),
                _ => Number(value, $"{Lookups.NameOf(bound.Part)} of {bound.Path}"),
            },
            _ => FreeForm(bound.Lookup, value),
        };

    private static QueryValue.Text Textual(Lookup lookup, ValueText value)
    {
        if (lookup is Lookup.Regex or Lookup.IRegex)
            CheckPattern(value);
        return new(value.Text);
    }

    private static QueryValue.Boolean Boolean(ValueText value, string what) =>
        bool.TryParse(value.Text, out var flag)
            ? new(flag)
            : throw Misfit(value, $"\"{what}\" takes true or false, not \"{value.Text}\".");

    private static QueryValue.Number Number(ValueText value, string what) =>
        ExactNumber.TryParse(value.Text, out var number)
            ? new(number)
            : throw Misfit(value, $"\"{what}\" takes a number, not \"{value.Text}\".");

    private static QueryValue.Instant Instant(ValueText value, string what) =>
        DateTimeOffset.TryParseExact(
            value.Text,
            InstantFormats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var instant
        )
            // Finer than what is stored would equal nothing, and less or more only by chance.
            ? new(instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond)))
            : throw Misfit(
                value,
                $"\"{what}\" takes a date or an instant, for example 2026-01-31 or \"2026-01-31T12:00:00Z\", "
                    + $"not \"{value.Text}\"."
            );

    private static QueryValue.Instant Day(ValueText value, string what)
    {
        var instant = Instant(value, what);
        return instant.Value.TimeOfDay == TimeSpan.Zero
            ? instant
            : throw Misfit(value, $"The date of \"{what}\" is compared with a date alone, for example 2026-01-31.");
    }

    private static QueryValue.FreeForm FreeForm(Lookup lookup, ValueText value)
    {
        if (lookup is Lookup.Regex or Lookup.IRegex)
            CheckPattern(value);
        return new(
            value.Text,
            ExactNumber.TryParse(value.Text, out var number) ? number : null,
            bool.TryParse(value.Text, out var flag) ? flag : null
        );
    }

    private static void CheckPattern(ValueText value)
    {
        if (Pattern.FaultOf(value.Text) is { } fault)
            throw Misfit(value, $"\"{value.Text}\" is no regular expression (RE2 syntax): {fault}.");
    }

    private static QueryFault Misfit(ValueText value, string message) =>
        QueryFault.Of(QueryErrorCode.BadValue, message, value.Text, value.Position);
}
