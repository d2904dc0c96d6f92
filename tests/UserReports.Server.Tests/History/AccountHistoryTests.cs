using System.Globalization;
using System.Text.Json;
using UserReports.Core.Billing;
using UserReports.Core.Reports;
using UserReports.Testing;

namespace UserReports.Server.Tests.History;

/// <summary>One account's numbers by day, over HTTP.</summary>
public sealed class AccountHistoryTests(AccountHistoryTests.ThreeDays shared)
    : IClassFixture<AccountHistoryTests.ThreeDays>
{
    private const string Root = RunningServer.Root;
    private const string Storage = "service_usage__total_storage_bytes";

    private static readonly DateOnly First = DateOnly.FromDateTime(SampleReports.Now.UtcDateTime);

    private RunningServer Server => shared.Server;

    [Fact]
    public async Task History_WithoutParameters_IsTheLastYearWithWhatIsMissingAsNull()
    {
        var history = await ReadAsync("u1001/history/");

        Assert.Equal("u1001", history.GetProperty("user_uid").GetString());
        Assert.Equal("mine", history.GetProperty("organization").GetProperty("uid").GetString());
        var days = history.GetProperty("days").EnumerateArray().Select(day => day.GetString()).ToList();
        Assert.Equal(366, days.Count);
        Assert.Equal(Name(First.AddDays(2)), days[^1]);
        // The second day was not kept.
        Assert.Equal(["100", "null", "250"], Values(history, Storage).TakeLast(3));
        Assert.All(Values(history, Storage).SkipLast(3), value => Assert.Equal("null", value));
        Assert.Equal(
            ["[\"Community\"]", "null", "[\"Professional\",\"Storage\"]"],
            Values(history, "products").TakeLast(3)
        );
        var taken = history.GetProperty("taken_at").EnumerateArray().TakeLast(3).ToList();
        Assert.StartsWith(Name(First) + "T", taken[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, taken[1].ValueKind);
        // Counters are there for the whole of the year; a day without one had no submission.
        var submissions = Values(history, "submissions");
        Assert.Equal("3", submissions[0]);
        Assert.Equal(["0", "7", "5"], submissions.TakeLast(3));
        Assert.Equal(3, submissions.Count(value => value != "0"));
        Assert.DoesNotContain("null", submissions);
        Assert.Empty(history.GetProperty("missing").EnumerateArray());
    }

    [Fact]
    public async Task History_OfAnOrganisationOwnedByAnother_CountsItsOwnersSubmissions()
    {
        var history = await ReadAsync("u1002/history/?organization=mine&metrics=submissions,own_submissions");

        Assert.Equal(["0", "7", "5"], Values(history, "submissions").TakeLast(3));
        Assert.Equal(["0", "0", "40"], Values(history, "own_submissions").TakeLast(3));
        // A day of before what the platform keeps is not a day without submissions.
        var before = await ReadAsync(
            $"u1002/history/?organization=mine&metrics=submissions&from={Name(First.AddDays(-370))}&to={Name(First.AddDays(-362))}"
        );
        Assert.Equal(["null", "null", "null", "null", "null", "null", "0", "3", "0"], Values(before, "submissions"));
    }

    [Fact]
    public async Task History_OfAnOrganisationThatWasLeft_IsThatOfThen()
    {
        var history = await ReadAsync($"u1002/history/?organization=left&metrics={Storage},organization__role");

        Assert.Equal("left", history.GetProperty("organization").GetProperty("uid").GetString());
        Assert.Equal(["9", "null", "null"], Values(history, Storage).TakeLast(3));
        Assert.Equal("\"member\"", Values(history, "organization__role")[^3]);
    }

    [Theory]
    [InlineData("u1001/history/?metrics=submision", "metrics", "Did you mean submissions?")]
    [InlineData("u1001/history/?metrics=service_usage__total_storage_byte", "metrics", "total_storage_bytes")]
    [InlineData("u1001/history/?metrics=username", "metrics", "There is no history of \"username\"")]
    [InlineData("u1001/history/?metrics=subscriptions[]__id", "metrics", "the path of one value that is no list")]
    [InlineData("u1001/history/?from=yesterday", "from", "The parameter from must be a day, as in 2026-11-02.")]
    [InlineData("u1001/history/?to=2026-02-30", "to", "The parameter to must be a day, as in 2026-11-02.")]
    [InlineData("u1001/history/?from=2026-11-03&to=2026-11-02", "from", "must not be later than to")]
    [InlineData("u1001/history/?from=2027-01-01", "from", "nor than today: 2026-11-22.")]
    [InlineData("u1001/history/?from=2020-01-01", "from", "are more than 1096 days; ask for less at a time.")]
    [InlineData("u1001/history/?organization=mime", "organization", "Did you mean mine?")]
    [InlineData("u1002/history/", "organization", "The account belongs to 2 organisations; name one of them.")]
    [InlineData("u1001/history/?day=2026-11-02", "day", "is not known")]
    public async Task History_BadParameter_NamesIt(string question, string parameter, string told)
    {
        using var answer = await AskAsync(question);

        Assert.Equal(400, (int)answer.StatusCode);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(parameter, problem.GetProperty("errors")[0].GetProperty("parameter").GetString());
        Assert.Contains(told, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_NoSuchAccount_IsNotFound()
    {
        using var answer = await AskAsync("nobody/history/");

        await AssertProblem.IsAsync(answer, 404, "not_found");
    }

    [Fact]
    public async Task History_NoDayIsKept_SubmissionsAnswerAndTheRestIsSaidToBeMissing()
    {
        await using var server = await RunningServer.StartAsync([ThreeDays.Of(1001, "one", "mine", 100, [])]);

        var history = await ReadAsync("u1001/history/", server);

        Assert.DoesNotContain("null", Values(history, "submissions"));
        Assert.All(Values(history, Storage), value => Assert.Equal("null", value));
        var missing = Assert.Single(history.GetProperty("missing").EnumerateArray());
        Assert.Equal("snapshots", missing.GetProperty("source").GetString());
        Assert.Equal("no_history", missing.GetProperty("code").GetString());
        Assert.Contains(
            "No day has been kept yet",
            missing.GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task History_SourcesCannotBeRead_TheRestAnswersAndSubmissionsAreSaidToBeMissing()
    {
        await using var server = await RunningServer.StartAsync([ThreeDays.Of(1001, "one", "mine", 100, [])]);
        server.Store.History.Keep(default);
        server.ChangePlatform("drop table organizations_organizationowner");

        var history = await ReadAsync("u1001/history/", server);

        Assert.All(Values(history, "submissions"), value => Assert.Equal("null", value));
        Assert.Equal("100", Values(history, Storage)[^1]);
        var missing = Assert.Single(history.GetProperty("missing").EnumerateArray());
        Assert.Equal("platform", missing.GetProperty("source").GetString());
        Assert.Equal("no_source", missing.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Audit_OfAHistory_HoldsWhatWasAsked()
    {
        await ReadAsync($"u1001/history/?metrics=own_submissions&to={Name(First)}");

        using var audit = await AskAsync("audit/?limit=200");

        var records = JsonElement.Parse(await audit.Content.ReadAsStringAsync()).EnumerateArray();
        Assert.Contains(
            records,
            record =>
                record.GetProperty("asked") is { ValueKind: JsonValueKind.Object } asked
                && asked.TryGetProperty("metrics", out var metrics)
                && metrics.GetString() == "own_submissions"
        );
    }

    private Task<HttpResponseMessage> AskAsync(string question) =>
        Server.GetAsync(Root + question, People.Superuser.TokenHeader);

    private async Task<JsonElement> ReadAsync(string question, RunningServer? server = null)
    {
        using var answer = await (server ?? Server).GetAsync(Root + question, People.Superuser.TokenHeader);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    private static List<string> Values(JsonElement history, string metric) =>
        [
            .. history
                .GetProperty("series")
                .EnumerateArray()
                .Single(series => series.GetProperty("metric").GetString() == metric)
                .GetProperty("values")
                .EnumerateArray()
                .Select(value => value.GetRawText()),
        ];

    private static string Name(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A server that has kept two of three days, with other figures on each.</summary>
    public sealed class ThreeDays : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await RunningServer.StartAsync([
                Of(1001, "one", "mine", 100, ["Community"]),
                Of(1002, "two", "mine", 100, []),
                Of(1002, "two", "left", 9, []),
            ]);
            Server.ChangePlatform(
                """
                insert into organizations_organizationuser values (5001, 1001, 'mine', true), (5002, 1002, 'mine', false);
                insert into organizations_organizationowner values ('mine', 5001);
                """
            );
            var counters = new (long Account, int Day, int Count)[]
            {
                (1001, -363, 3),
                (1001, 1, 3),
                (1001, 1, 4),
                (1001, 2, 5),
                (1002, 2, 40),
            };
            People.Execute(
                Path.Combine(Server.Folder, "usage.db"),
                string.Join(
                    ';',
                    counters.Select(
                        (counter, form) =>
                            $"insert into logger_dailyxformsubmissioncounter values ({counter.Account}, '{Name(First.AddDays(counter.Day))}', {counter.Count}, {form})"
                    )
                )
            );
            Server.Store.History.Keep(default);
            Server.Time.Advance(TimeSpan.FromDays(2));
            await Server.RefreshAsync([
                Of(1001, "one", "mine", 250, ["Storage", "Professional"]),
                Of(1002, "two", "mine", 250, []),
                Of(1002, "two", "other", 1, []),
            ]);
            Server.Store.History.Keep(default);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        internal static Report Of(long id, string name, string organization, long bytes, string[] products)
        {
            // Some have no public identifier.
            var report = Enumerable
                .Range(1, 100)
                .Select(seed => SampleReports.MakeOne(new Random(seed), id, name))
                .First(made => made.Account.Uid is not null);
            List<Subscription> subscriptions =
            [
                .. products.Select(product => new Subscription
                {
                    Id = product,
                    CustomerId = "cus",
                    Status = "active",
                    Items = [Item(product)],
                }),
                new()
                {
                    Id = "over",
                    CustomerId = "cus",
                    Status = "canceled",
                    Items = [Item("Old")],
                },
            ];
            return report.InOrganization(organization, bytes, subscriptions);
        }

        private static SubscriptionItem Item(string product) =>
            new(
                product,
                new(
                    product,
                    null,
                    "usd",
                    "recurring",
                    null,
                    1,
                    JsonText.Trusted("{}"),
                    true,
                    new(product, product, null, "service", null),
                    null
                ),
                1
            );
    }
}
