using UserReports.Core.Query.Patterns;

namespace UserReports.Core.Query;

/// <summary>Decides for every row whether it is meant: true or false, never unknown.</summary>
public abstract record Condition
{
    /// <summary>Every path that it names, in the order in which they stand; one as often as it is named.</summary>
    public IEnumerable<FieldPath> Paths =>
        this switch
        {
            All all => all.Parts.SelectMany(part => part.Paths),
            Any any => any.Parts.SelectMany(part => part.Paths),
            Not not => not.Part.Paths,
            Comparison comparison => [comparison.Path],
            IsNull isNull => [isNull.Path],
            IsEmpty isEmpty => [isEmpty.List],
            _ => [],
        };

    /// <summary>Every part holds.</summary>
    public sealed record All(IReadOnlyList<Condition> Parts) : Condition
    {
        /// <inheritdoc/>
        public override string ToString() => $"({string.Join(" AND ", Parts)})";
    }

    /// <summary>Some part holds.</summary>
    public sealed record Any(IReadOnlyList<Condition> Parts) : Condition
    {
        /// <inheritdoc/>
        public override string ToString() => $"({string.Join(" OR ", Parts)})";
    }

    /// <summary>The part does not hold: the complement, so a row whose value is null is among them.</summary>
    public sealed record Not(Condition Part) : Condition
    {
        /// <inheritdoc/>
        public override string ToString() => $"NOT {Part}";
    }

    /// <summary>True or false for all rows, whatever they hold.</summary>
    public sealed record Constant(bool Value) : Condition
    {
        /// <inheritdoc/>
        public override string ToString() => Value ? "true" : "false";
    }

    /// <summary>
    /// The value is null (or is not, if <paramref name="Expected"/> is false). A list element that does not exist is
    /// null; below any element, some element must be as expected.
    /// </summary>
    public sealed record IsNull(FieldPath Path, bool Expected) : Condition
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Path}__isnull:{(Expected ? "true" : "false")}";
    }

    /// <summary>The list has no element.</summary>
    public sealed record IsEmpty(FieldPath List) : Condition
    {
        /// <inheritdoc/>
        public override string ToString() => $"{List}[]:";
    }

    /// <summary>A comparison, false for null. Below any element, some element must compare.</summary>
    /// <param name="Part">What of an instant is compared; <see cref="InstantPart.Whole"/> for every other kind.</param>
    /// <param name="Lookup">Never <see cref="Lookup.IsNull"/>, which is <see cref="IsNull"/>.</param>
    /// <param name="Values">One value; two for <see cref="Lookup.Range"/>; any number for
    /// <see cref="Lookup.In"/>.</param>
    public sealed record Comparison(FieldPath Path, InstantPart Part, Lookup Lookup, IReadOnlyList<QueryValue> Values)
        : Condition
    {
        /// <summary>Pieces of its regular expression, repetitions written out; 0 for any other lookup.</summary>
        public long PatternPieces =>
            Lookup is not (Lookup.Regex or Lookup.IRegex)
                ? 0
                : Values[0] switch
                {
                    QueryValue.Text text => Pattern.PiecesOf(text.Value),
                    QueryValue.FreeForm text => Pattern.PiecesOf(text.Value),
                    _ => throw new NotSupportedException($"{this} has no pattern."),
                };

        /// <inheritdoc/>
        public override string ToString() =>
            $"{Path}{(Part == InstantPart.Whole ? "" : "__" + Lookups.NameOf(Part))}__{Lookups.NameOf(Lookup)}:"
            + string.Join(",", Values);
    }
}
