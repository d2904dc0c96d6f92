namespace UserReports.Feed.Tests.Polling;

public sealed class PollPlanTests
{
    [Fact]
    public async Task Questions_OfSmallTables_CompareThemWhole()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        await sources.ChangeAsync("platform", "analyze");
        var polled = new Polled(sources.Databases[0], Polled.Whole);
        await polled.AskAsync();
        Assert.Equal(
            new FeedQuestion(
                "auth_user: all rows",
                TimeSpan.FromSeconds(15),
                "It has 200 rows, which are all compared."
            ),
            polled.Questions.First(question => question.Subject == "auth_user: all rows")
        );
        Assert.All(polled.Questions, question => Assert.NotNull(question.Every));
    }

    [Fact]
    public async Task Questions_OfLargeTables_AreThoseThatAnIndexServes()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        await sources.ChangeAsync("platform", "create index on hub_extrauserdetail (last_project_activity); analyze");
        var polled = new Polled(sources.Databases[0], Polled.ByIndex);
        await polled.AskAsync();
        Assert.Equal(
            [
                "auth_user: rows with a later last_login |  | No index begins with last_login, and 200 rows are too many to read: they wait for the next run.",
                "auth_user: new rows by id | 15 | An index begins with id.",
                "auth_user: other changes, and deletions |  | Only all 200 rows would show them: they wait for the next run.",
                "hub_extrauserdetail: rows with a later last_project_activity | 15 | An index begins with last_project_activity.",
            ],
            polled
                .Questions.Select(question =>
                    $"{question.Subject} | {question.Every?.TotalSeconds} | {question.Reason}"
                )
                .Where(line =>
                    line.StartsWith("auth_user", StringComparison.Ordinal)
                    || line.StartsWith("hub_extrauserdetail: rows", StringComparison.Ordinal)
                )
                .OrderBy(line => line[0])
                .ThenByDescending(line => line.Contains("rows with", StringComparison.Ordinal))
                .ThenByDescending(line => line.Contains("new rows", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Questions_IndexOfSomeRowsAlone_ServesNothing()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        await sources.ChangeAsync("platform", "create index on auth_user (last_login) where is_active; analyze");
        var polled = new Polled(sources.Databases[0], Polled.ByIndex);
        await polled.AskAsync();
        Assert.Null(
            polled.Questions.First(question => question.Subject == "auth_user: rows with a later last_login").Every
        );
    }

    [Fact]
    public async Task Questions_TableOfSomePages_AreAskedInSomeRounds()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        await sources.ChangeAsync("platform", "analyze");
        var polled = new Polled(sources.Databases[0], Polled.ByIndex with { PagesMax = 1_000, PagesPerRound = 1 });
        await polled.AskAsync();
        var question = polled.Questions.First(asked => asked.Subject == "auth_user: rows with a later last_login");
        Assert.True(question.Every > TimeSpan.FromSeconds(15));
        Assert.Equal("No index begins with last_login, but 0 MB are soon read.", question.Reason);
    }

    [Fact]
    public async Task Questions_OfTheEmbeddedEngine_AreServedByColumns()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: true);
        var polled = new Polled(sources.Databases[0], Polled.ByIndex);
        await polled.AskAsync();
        var question = polled.Questions.First(asked => asked.Subject == "auth_user: rows with a later last_login");
        Assert.Equal("last_login is read by itself.", question.Reason);
    }

    [Fact]
    public async Task Questions_TableWithoutWhatTellsItsRows_WaitsForTheRun()
    {
        await using var sources = await SourcePair.GenerateAsync(embedded: false);
        await sources.ChangeAsync("platform", "alter table djstripe_customer drop column subscriber_id");
        var polled = new Polled(sources.Databases[0], Polled.Whole);
        await polled.AskAsync();
        var question = polled.Questions.First(asked => asked.Subject == "djstripe_subscription: all rows");
        Assert.Equal(
            (
                null,
                "It lacks a column by which its rows are told apart, or is no table: changes wait for the next run."
            ),
            (question.Every, question.Reason)
        );
    }
}
