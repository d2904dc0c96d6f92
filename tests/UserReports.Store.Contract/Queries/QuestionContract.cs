using System.Text.Json;
using System.Text.RegularExpressions;
using UserReports.Core.Query;
using UserReports.Store.Contract.Samples;
using UserReports.Testing;

namespace UserReports.Store.Contract.Queries;

/// <summary>
/// Every worked question of docs/query-language.md finds exactly those of <see cref="AskedReports"/> that its words,
/// not its query, mean.
/// </summary>
public abstract class QuestionContract<TEngine> : StoreContract<TEngine>
    where TEngine : IStoreEngine
{
    private static readonly (string Question, string[] Found)[] Expectations =
    [
        ("Who is over the submission limit but active?", ["over_by_less_than_a_percent", "over_by_one"]),
        (
            "Who has used 80 percent or more of it, and is not over yet?",
            ["at_80_percent_by_rounding", "exactly_at_the_limit"]
        ),
        (
            "Who is over any limit?",
            ["over_but_inactive", "over_by_less_than_a_percent", "over_by_one", "speech_exceeded"]
        ),
        ("Who stores more than 1 GB and has no subscription?", ["a_byte_more_unsubscribed"]),
        (
            "Who stores more than 1 GB and pays nothing now?",
            ["a_byte_more_canceled", "a_byte_more_incomplete", "a_byte_more_unsubscribed"]
        ),
        ("Who asked to be removed and is not yet removed?", ["leaving"]),
        (
            "Which admins of an organisation in Kenya signed in this month (November 2026)?",
            ["admin_ken_first_second", "admin_ken_last_second"]
        ),
        ("Who has not signed in since the end of 2024, or never?", ["last_seen_in_2024", "never_seen"]),
        ("Who never signed in at all?", ["never_seen"]),
        ("Which accounts belong to no organisation?", ["alone"]),
        ("Which staff have no second factor?", ["staff_without_factor", "superuser_without_factor"]),
        ("Whose e-mail address is at example.org?", ["okta_then_google", "superuser_without_factor"]),
        ("Who signs in with Google?", ["okta_then_google"]),
        ("Who is on the Teams plan?", ["late_with_teams_as_second_item"]),
        ("Whose subscription is past due or unpaid?", ["late_with_teams_as_second_item", "unpaid_teams_in_lower_case"]),
        ("Who canceled, and has nothing active?", ["a_byte_more_canceled"]),
        ("Whose billing period ends before December?", ["period_until_november"]),
        (
            "Who joined in 2025?",
            ["gone_unasked", "last_seen_in_2024", "last_seen_in_2025", "leaving", "over_by_one", "speech_exceeded"]
        ),
        ("Who joined on a certain day?", ["gone_unasked", "last_seen_in_2024"]),
        ("Who has no balance for speech, because the plan leaves it out?", ["one_gigabyte_unsubscribed"]),
        ("Whose storage is unlimited and above 10 MB?", ["storage_unlimited_a_byte_more"]),
        (
            "Who works in health, however they wrote it, or did not say?",
            ["address_unconfirmed", "said_nothing", "terms_not_accepted"]
        ),
        (
            "Who may not have confirmed an address, or not accepted the terms?",
            ["address_unconfirmed", "terms_not_accepted"]
        ),
        (
            "Whose organisation is called something with “Söder”, or has a website with “diallo”?",
            ["healing", "said_nothing"]
        ),
        ("Which usernames look like test accounts?", ["Demo_survey", "TESTER", "amina_diallo"]),
    ];

    [Fact]
    public async Task Questions_OfTheDocumentation_FindWhomTheirWordsMean()
    {
        var rows = AskedReports.All.Select(EvaluatedRow.Of).ToList();
        await using var store = await WithAsync(AskedReports.All);
        var questions = Questions();
        Assert.Equal(Expectations.Select(e => e.Question), questions.Select(q => q.Words));

        foreach (var ((words, found), (_, query)) in Expectations.Zip(questions))
        {
            Assert.InRange(found.Length, 1, rows.Count - 1);
            var compiled = QueryCompiler.Compile(query, "username");
            Assert.True(
                compiled.Query is not null,
                $"{query}: {string.Join("; ", compiled.Errors.Select(e => e.Message))}"
            );
            var page = await store.Store.Reader.FindAsync(
                compiled.Query,
                new(1000),
                TestContext.Current.CancellationToken
            );
            AssertFound(page.Documents.Select(d => JsonElement.Parse(d.Span)), "store");
            Assert.Equal(found.Length, page.Count);
            AssertFound(QueryEvaluator.Evaluate(rows, compiled.Query).Select(r => r.Json), "evaluator");

            void AssertFound(IEnumerable<JsonElement> documents, string who)
            {
                var names = documents.Select(d => d.GetProperty("username").GetString());
                Assert.True(
                    found.SequenceEqual(names),
                    $"{words}\n{query}\nmeans  {string.Join(", ", found)}\n{who} finds {string.Join(", ", names)}"
                );
            }
        }
    }

    private static List<(string Words, string Query)> Questions()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "UserReports.slnx")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        var text = File.ReadAllText(Path.Combine(folder.FullName, "docs", "query-language.md"));
        var questions = Regex
            .Matches(text, @"^\d+\. (?<words>.+)\n\s*```query\n(?<query>(.|\n)*?)^\s*```", RegexOptions.Multiline)
            .Select(m => (m.Groups["words"].Value.Trim(), m.Groups["query"].Value.Trim()))
            .ToList();
        // A question that the pattern above does not take would go untested.
        Assert.Equal(Regex.Count(text, "```query"), questions.Count);
        return questions;
    }
}
