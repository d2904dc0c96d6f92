namespace UserReports.Core.Query.Binding;

/// <summary>Joins tests for equality by OR into one test for any of their values, which is answered far
/// faster.</summary>
internal static class EqualTests
{
    /// <summary>The parts joined by OR; those that compare one path with single values, as one.</summary>
    /// <remarks>Right for lists too: some element is one value or some element is the other if and only if some element
    /// is one of both.</remarks>
    public static Condition Join(IReadOnlyList<Condition> parts)
    {
        List<Condition> joined = [];
        Dictionary<(FieldPath, InstantPart), int> places = [];
        foreach (var part in parts.SelectMany(part => part is Condition.Any any ? any.Parts : [part]))
        {
            if (part is not Condition.Comparison { Lookup: Lookup.Exact or Lookup.In } test)
            {
                joined.Add(part);
            }
            else if (places.TryGetValue((test.Path, test.Part), out var place))
            {
                var before = (Condition.Comparison)joined[place];
                joined[place] = before with { Lookup = Lookup.In, Values = [.. before.Values.Union(test.Values)] };
            }
            else
            {
                places[(test.Path, test.Part)] = joined.Count;
                joined.Add(test);
            }
        }

        return joined is [var only] ? only : new Condition.Any(joined);
    }
}
