using System.Text.Json;
using System.Text.RegularExpressions;
using UserReports.Core.Query;
using UserReports.Testing;

namespace UserReports.Store.Tests.Sql;

/// <summary>Every worked question of docs/query-language.md runs, and its answer is the evaluator's.</summary>
public sealed class QuestionTests
{
    [Fact]
    public async Task Questions_OfTheDocumentation_AreAnswered()
    {
        var reports = SampleReports.Make(2000, seed: 25);
        var rows = reports.Select(EvaluatedRow.Of).ToList();
        await using var store = await TemporaryStore.WithAsync(reports);
        var questions = Questions();
        Assert.Equal(25, questions.Count);
        List<string> empty = [];

        foreach (var question in questions)
        {
            var compiled = QueryCompiler.Compile(question, "username");
            Assert.True(
                compiled.Query is not null,
                $"{question}: {string.Join("; ", compiled.Errors.Select(e => e.Message))}"
            );
            var expected = QueryEvaluator.Evaluate(rows, compiled.Query).Select(r => r.Json.GetRawText()).ToList();
            var page = await store.Store.FindAsync(compiled.Query, new(1000), TestContext.Current.CancellationToken);
            Assert.Equal(expected.Count, page.Count);
            Assert.Equal(expected.Take(1000), page.Documents.Select(d => JsonElement.Parse(d.Span).GetRawText()));
            if (expected.Count == 0)
                empty.Add(question);
        }

        Assert.True(
            empty.Count <= 8,
            $"Too many questions find nothing among the sample rows:\n{string.Join('\n', empty)}"
        );
    }

    private static List<string> Questions()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "UserReports.slnx")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        var text = File.ReadAllText(Path.Combine(folder.FullName, "docs", "query-language.md"));
        return
        [
            .. Regex
                .Matches(text, @"^\s*```query\n(?<q>(.|\n)*?)^\s*```", RegexOptions.Multiline)
                .Select(m => m.Groups["q"].Value.Trim()),
        ];
    }
}
