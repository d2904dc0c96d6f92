using System.Globalization;
using System.Text.Json;
using UserReports.Server.Tests;

namespace UserReports.Client.Tests;

/// <summary>The generated client against the running service.</summary>
public sealed class UserReportsClientTests : IClassFixture<ServedReports>, IDisposable
{
    private const int Accounts = ServedReports.Accounts;
    private readonly RunningServer server;
    private readonly HttpClient http;
    private readonly UserReportsClient client;

    public UserReportsClientTests(ServedReports served)
    {
        server = served.Server;
        http = UserReportsClient.NewHttpClient(server.Address, People.Superuser.Token);
        client = new(http);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    [Fact]
    public async Task List_APage_HoldsWhatTheServerSent()
    {
        var page = await client.ListReportsAsync(limit: 7, ordering: "-username", cancellationToken: Stop);
        using var raw = JsonDocument.Parse(
            await http.GetStringAsync("api/v2/user-reports/?limit=7&ordering=-username", Stop)
        );

        Assert.Equal(Accounts, page.Count);
        Assert.Equal(7, page.Results.Count);
        Assert.NotNull(page.Next);
        Assert.Null(page.Previous);
        foreach (var (sent, report) in raw.RootElement.GetProperty("results").EnumerateArray().Zip(page.Results))
        {
            // Every member of the report has a typed one: written again, the JSON has the same names and values.
            using var again = JsonSerializer.SerializeToDocument(report);
            Same(sent, again.RootElement, "$");
        }
    }

    [Fact]
    public async Task ReadAll_FollowsTheCursors_EachRowOnce()
    {
        List<string> names = [];
        await foreach (
            var report in client.ReadAllAsync(fields: "username,user_uid", pageSize: 9, cancellationToken: Stop)
        )
            names.Add($"{report.Username} {report.UserUid}");

        var all = await client.ListReportsAsync(limit: 1000, cancellationToken: Stop);
        Assert.Equal(all.Results.Select(report => $"{report.Username} {report.UserUid}"), names);
    }

    [Fact]
    public async Task ReadAll_StoppedBetweenRows_Ends()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in client.ReadAllAsync(pageSize: 1, cancellationToken: stop.Token))
                await stop.CancelAsync();
        });
    }

    [Fact]
    public async Task Find_OneAccount_IsThatAccount()
    {
        var known = (await client.ListReportsAsync(limit: 1000, cancellationToken: Stop)).Results.First(report =>
            report.UserUid is not null
        );

        var found = await client.FindAccountAsync(known.UserUid!, cancellationToken: Stop);

        Assert.Contains(known.Username, found.Select(report => report.Username));
        Assert.All(found, report => Assert.Equal(known.UserUid, report.UserUid));
    }

    [Fact]
    public async Task Summarize_ByOneField_AddsUpToTheTotal()
    {
        var summary = await client.SummarizeReportsAsync(
            groupBy: "is_active",
            metrics: "count,service_usage__total_storage_bytes__sum",
            cancellationToken: Stop
        );

        Assert.Equal(["is_active"], summary.GroupBy);
        Assert.Equal(Accounts, summary.Total.Values["count"]);
        Assert.Equal(Accounts, summary.Groups.Sum(group => group.Values["count"]));
        Assert.All(
            summary.Groups,
            group => Assert.True(group.Group.Single() is { ValueKind: JsonValueKind.True or JsonValueKind.False })
        );
    }

    [Fact]
    public async Task Fields_AreTheCatalogue()
    {
        var fields = await client.ListFieldsAsync(Stop);

        Assert.Equal(Core.Reports.ReportCatalogue.All.Select(field => field.Path), fields.Select(field => field.Path));
        Assert.Equal(FieldType.Instant, fields.Single(field => field.Path == "last_login").Type);
        Assert.Contains("gte", fields.Single(field => field.Path == "asset_count").Lookups);
    }

    [Fact]
    public async Task Runs_StartedAndListed_HaveTheirStatus()
    {
        var started = await client.StartRunAsync(Stop);
        var runs = await client.ListRunsAsync(cancellationToken: Stop);
        var found = await client.FindRunAsync(started.Uid.ToString(), Stop);

        Assert.Equal(RunStatus.InProgress, started.Status);
        Assert.Equal(2, runs.Count);
        Assert.Equal([RunStatus.InProgress, RunStatus.Completed], runs.Results.Select(run => run.Status));
        Assert.Equal(started.Uid, found.Uid);
        Assert.NotNull(runs.Results[1].FinishedAt);
    }

    [Fact]
    public async Task Audit_SinceAnInstant_HoldsTheClientsOwnReads()
    {
        await client.ListReportsAsync("is_active:true", limit: 2, cancellationToken: Stop);

        var records = await client.ListAuditAsync(
            since: server.Time.GetUtcNow().AddHours(-1),
            user: People.Superuser.Name,
            limit: 10,
            cancellationToken: Stop
        );
        var later = await client.ListAuditAsync(since: server.Time.GetUtcNow().AddHours(1), cancellationToken: Stop);

        Assert.Equal(("is_active:true", 2L, 200), (records[0].Q, records[0].Rows, records[0].Status));
        Assert.Equal(People.Superuser.Id, records[0].AccountId);
        Assert.Empty(later);
    }

    [Fact]
    public async Task Export_OfEveryFormat_IsAStreamWithItsCountAndName()
    {
        foreach (var format in Enum.GetValues<ExportFormat>())
        {
            using var file = await client.ExportReportsAsync(format: format, cancellationToken: Stop);
            using var content = new MemoryStream();
            await file.Stream.CopyToAsync(content, Stop);

            Assert.Equal(Accounts, file.TotalCount);
            Assert.EndsWith("." + format.ToString().ToLowerInvariant(), file.FileName, StringComparison.Ordinal);
            Assert.NotEqual(0, content.Length);
            if (format == ExportFormat.Ndjson)
                Assert.Equal(Accounts, content.ToArray().Count(character => character == (byte)'\n'));
        }
    }

    [Fact]
    public async Task Query_ThatDoesNotFit_IsATypedProblem()
    {
        var refused = await Assert.ThrowsAsync<UserReportsException<Problem>>(() =>
            client.ListReportsAsync("usernam:x", cancellationToken: Stop)
        );

        Assert.Equal((400, "unknown_field"), (refused.StatusCode, refused.Result.Code));
        Assert.Equal("The report has no field \"usernam\". Did you mean username?", refused.Result.Detail);
        var fault = Assert.Single(refused.Result.Errors!);
        Assert.Equal(("q", "usernam", 0), (fault.Parameter, fault.Text, fault.Position));
        Assert.Equal("username", fault.Suggestions[0]);
    }

    [Fact]
    public async Task Token_ThatIsWrong_IsATypedProblem()
    {
        using var stranger = UserReportsClient.NewHttpClient(server.Address, "0123456789");

        var refused = await Assert.ThrowsAsync<UserReportsException<Problem>>(() =>
            new UserReportsClient(stranger).ListFieldsAsync(Stop)
        );

        Assert.Equal((401, "not_signed_in"), (refused.StatusCode, refused.Result.Code));
    }

    [Fact]
    public async Task Account_ThatIsNotThere_IsATypedProblem()
    {
        var refused = await Assert.ThrowsAsync<UserReportsException<Problem>>(() =>
            client.FindAccountAsync("nobody/ at all?", cancellationToken: Stop)
        );

        Assert.Equal((404, "not_found"), (refused.StatusCode, refused.Result.Code));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static void Same(JsonElement expected, JsonElement actual, string path)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(
                    [.. expected.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)],
                    actual.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)
                );
                foreach (var member in expected.EnumerateObject())
                    Same(member.Value, actual.GetProperty(member.Name), $"{path}.{member.Name}");
                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), actual.GetArrayLength());
                foreach (var (i, item) in expected.EnumerateArray().Index())
                    Same(item, actual[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"));
                break;
            case JsonValueKind.String when expected.TryGetDateTimeOffset(out var instant):
                Assert.True(instant == actual.GetDateTimeOffset(), path);
                break;
            default:
                Assert.True(JsonElement.DeepEquals(expected, actual), path);
                break;
        }
    }
}
