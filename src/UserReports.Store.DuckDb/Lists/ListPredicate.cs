using System.Text.Json;
using UserReports.Core.Query;
using UserReports.Core.Reports;

namespace UserReports.Store.DuckDb.Lists;

/// <summary>
/// Decides a condition on one stored JSON value by looking at it, which the database cannot as well: on lists, lists
/// within free-form JSON, and numbers to the last digit. The store's functions <c>list_matches</c> and
/// <c>json_matches</c> call it.
/// </summary>
internal sealed class ListPredicate(Condition condition)
{
    /// <summary>Free-form JSON may be nested deeper than the reader's default of 64.</summary>
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonText.DepthMax };

    private readonly Func<JsonElement, bool> test = JsonTest.Of(condition);

    /// <summary>Whether JSON meets the condition.</summary>
    public bool Matches(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Options);
        return test(document.RootElement);
    }

    /// <inheritdoc cref="Matches(ReadOnlyMemory{byte})"/>
    public bool Matches(string json)
    {
        using var document = JsonDocument.Parse(json, Options);
        return test(document.RootElement);
    }

    /// <inheritdoc cref="Matches(ReadOnlyMemory{byte})"/>
    public bool Holds(JsonElement json) => test(json);

    /// <inheritdoc/>
    public override string ToString() => condition.ToString()!;
}
