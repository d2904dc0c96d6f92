using System.Text.Json;
using UserReports.Core.Query;

namespace UserReports.Store.History;

/// <summary>A field by which rows of two moments are compared, and whose values tell why a row differs.</summary>
/// <remarks>
/// Of a path that means any element of a list the values in all of them are one value, in order and without nulls. Of
/// free-form JSON what stands above such an element is compared as a whole, and below a list the whole of the field.
/// </remarks>
public sealed class ComparedField
{
    private readonly JsonWay way;

    private ComparedField(FieldPath path) => (Path, way) = (path, JsonWay.Of(path));

    /// <summary>Where the value is.</summary>
    public FieldPath Path { get; }

    /// <summary>The field that a path means.</summary>
    public static ComparedField Of(FieldPath path)
    {
        if (path.IsBelowList)
            return new(path with { Keys = [] });
        return new(path.HasAnyKey ? path with { Keys = [.. path.Keys.TakeWhile(key => key is not null)] } : path);
    }

    /// <summary>The fields that a query names, each once, in the order in which they stand.</summary>
    public static IReadOnlyList<ComparedField> Of(Condition? filter) =>
        [.. (filter?.Paths ?? []).Select(Of).DistinctBy(field => field.ToString())];

    /// <summary>The value in a row's document, as JSON.</summary>
    /// <returns>Null where it is null or missing.</returns>
    public string? Read(JsonElement document) => way.Find(document);

    /// <summary>As the path is written in queries.</summary>
    public override string ToString() => Path.ToString();
}
