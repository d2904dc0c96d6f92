using UserReports.Core.Query;
using UserReports.Server.Explorer.Reading;
using UserReports.Server.Requests;

namespace UserReports.Server.Explorer.Query;

/// <summary>Completes queries; where the language knows no values, those that the reports hold most often are
/// offered.</summary>
public sealed class KnownValues(ReportReading reading)
{
    private const int Most = 200;
    private const int Shown = 20;

    private readonly Dictionary<string, IReadOnlyList<string>> valuesByPath = new(StringComparer.Ordinal);

    /// <summary>What may be written at the caret.</summary>
    public async Task<QueryCompletion> CompleteAsync(string text, int caret, CancellationToken cancellationToken)
    {
        var completion = QueryCompletion.At(text, caret);
        if (
            completion is not { Kind: CompletionKind.Value, Path: { } path }
            || completion.Items.Any(item => item.Text != "null")
        )
            return completion;
        var begun = text.Substring(completion.Start, completion.Length).TrimStart('"', '\'');
        var items = (await OfAsync(path, cancellationToken))
            .Where(value => value.Contains(begun, StringComparison.OrdinalIgnoreCase))
            .OrderBy(value => !value.StartsWith(begun, StringComparison.OrdinalIgnoreCase))
            .Take(Shown)
            .Select(value => new CompletionItem(QueryText.Value(value, isText: true), ""));
        return completion with { Items = [.. items, .. completion.Items] };
    }

    private async Task<IReadOnlyList<string>> OfAsync(string path, CancellationToken cancellationToken)
    {
        if (valuesByPath.TryGetValue(path, out var known))
            return known;
        var asked = new AskedSummary("", path, "count", Most);
        if (
            SummaryCompiler.Compile(asked.Q, asked.GroupBy, asked.Metrics, asked.Top).Query is not { } query
            || !HasFewValues(query.Groups[0].Path)
            || reading.Conceals(query.Groups[0].Path)
        )
            return valuesByPath[path] = [];
        try
        {
            var summary = (await reading.SummarizeAsync("explorer values", "", [asked], null, cancellationToken))[0];
            return valuesByPath[path] = [
                .. summary.Groups.Where(g => !g.IsOthers).Select(g => g.Groups[0]).OfType<string>(),
            ];
        }
        catch (Exception e) when (Problem.Of(e) is not null)
        {
            // Without data there is nothing to offer; asking the query will say what is wrong.
            return [];
        }
    }

    /// <summary>Names and addresses are different for every account, so counting them would only cost time.</summary>
    private static bool HasFewValues(FieldPath path) => path.Keys.Count > 0 || path.Field.IsCollected;
}
