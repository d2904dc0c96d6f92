using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;
using UserReports.Server.Audit;
using UserReports.Server.Tests.Access;
using UserReports.Testing;

namespace UserReports.Server.Tests.Audit;

/// <summary>That a record says what was read, and that what is no read leaves one, too.</summary>
public sealed class AuditedRequestsTests(AuditedRequestsTests.SharedServer shared)
    : IClassFixture<AuditedRequestsTests.SharedServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "summary/?q=is_active:true&group_by=email&metrics=count&top=1000",
        "group_by=email metrics=count top=1000"
    )]
    [InlineData("?ordering=-email&limit=3&start=2&format=json", "format=json limit=3 ordering=-email start=2")]
    [InlineData("?page=2&page_size=2&count=false", "count=false page=2 page_size=2")]
    [InlineData("?cursor=&limit=1", "cursor= limit=1")]
    [InlineData("export/?format=ndjson&ordering=email", "format=ndjson ordering=email")]
    [InlineData("audit/?user=somebody&text=x&since=2026-11-01", "since=2026-11-01 text=x user=somebody")]
    [InlineData("?limit=x", "limit=x")]
    [InlineData("?q=is_active:true", "")]
    [InlineData("?token=not-to-be-kept", "")]
    public async Task Record_OfARead_HoldsWhatDecidedWhatWasRead(string asked, string parameters)
    {
        var server = shared.Server;
        var before = await RecordsAsync(server);
        using var answer = await server.GetAsync(RunningServer.Root + asked, People.Superuser.TokenHeader);
        var records = await RecordsAsync(server);
        Assert.Equal(before.Count + 1, records.Count);
        var record = records[0];
        Assert.Equal(parameters, string.Join(' ', record.Asked?.Select(p => $"{p.Key}={p.Value}") ?? []));
        Assert.Null(record.Event);
        if (parameters.Length == 0)
            return;

        // The same for programs, and on the line of the file.
        using var list = await server.GetAsync(RunningServer.Root + "audit/?limit=1", People.Superuser.TokenHeader);
        var shown = JsonNode.Parse(await list.Content.ReadAsStringAsync(Stop))![0]!["asked"]!.AsObject();
        Assert.Equal(parameters, string.Join(' ', shown.Select(p => $"{p.Key}={p.Value}")));
        var (name, value) = record.Asked!.First();
        Assert.Contains($"{name}={value}", record.Question, StringComparison.Ordinal);
        Assert.Contains(await FindAsync(server, $"{name}={value}"), r => r.Asked is not null);
    }

    [Fact]
    public async Task Password_RightWhereACodeIsWanted_LeavesARecord()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var basic = await server.GetAsync(RunningServer.Root, People.WithSecondFactor.BasicHeader);
        Assert.Equal(HttpStatusCode.Unauthorized, basic.StatusCode);
        using var browser = new Browser(server);
        using var step = await browser.SubmitAsync([
            new("username", People.WithSecondFactor.Name),
            new("password", People.WithSecondFactor.Password),
        ]);
        Assert.Equal(HttpStatusCode.OK, step.StatusCode);
        var code = new Totp(Base32Encoding.ToBytes(People.WithSecondFactor.Secret)).ComputeTotp(
            server.Time.GetUtcNow().UtcDateTime
        );
        using var done = await browser.SubmitAsync(await step.Content.ReadAsStringAsync(Stop), [new("code", code)]);
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        var records = await UntilAsync(server, 3);
        Assert.All(records, r => Assert.Equal(People.WithSecondFactor.Name, r.Username));
        Assert.Equal(
            [
                (AuditEvents.PasswordRight, "POST /sign-in", 200),
                (AuditEvents.SecondFactorMissing, "GET /api/v2/user-reports/", 401),
                (AuditEvents.SignedInFromNewAddress, "POST /sign-in", 302),
            ],
            records.Select(r => (r.Event!, r.Route, r.Status)).Order()
        );
    }

    [Fact]
    public async Task Password_RightAgainAndAgainWithoutTheCode_DoesNotFillTheDisk()
    {
        await using var server = await RunningServer.StartAsync([]);
        for (var i = 0; i < 120; i++)
            await server.GetAsync(RunningServer.Root, People.WithSecondFactor.BasicHeader);
        Assert.Equal(100, (await UntilAsync(server, 100)).Count);
    }

    [Fact]
    public async Task SignOut_LeavesARecord()
    {
        await using var server = await RunningServer.StartAsync([]);
        using var browser = new Browser(server);
        await browser.SignInAsync(People.Superuser);
        var page = await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync(Stop);
        using var answer = await browser.SubmitAsync(page, [], "/sign-out");
        var record = (await RecordsAsync(server))[0];
        Assert.Equal(
            (AuditEvents.SignedOut, People.Superuser.Name, "POST /sign-out", 302, "127.0.0.1"),
            (record.Event, record.Username, record.Route, record.Status, record.Address)
        );
    }

    [Fact]
    public async Task Token_ThatIsWrong_LeavesAMarkButNotItself()
    {
        await using var server = await RunningServer.StartAsync([]);
        const string Wrong = "0123456789-wrong-token";
        await server.GetAsync(RunningServer.Root, "Token " + Wrong);
        await server.GetAsync(RunningServer.Root, "Bearer another-wrong-token");
        await server.GetAsync(RunningServer.Root, "Token " + Wrong);
        using var browser = new Browser(server);
        using var form = await browser.SubmitAsync([new("token", Wrong)]);
        var records = await UntilAsync(server, 4);
        Assert.All(
            records,
            r =>
                Assert.Equal(
                    (AuditEvents.TokenWrong, null, "127.0.0.1", 401),
                    (r.Event, r.Username, r.Address, r.Status)
                )
        );
        Assert.Equal([1, 3], records.GroupBy(r => r.Credential).Select(group => group.Count()).Order());
        Assert.All(records, r => Assert.Matches("^[0-9a-f]{12}$", r.Credential));
        var written = await File.ReadAllTextAsync(Path.Combine(server.Folder, "store", "audit-2026-11-20.jsonl"), Stop);
        Assert.DoesNotContain("wrong-token", written, StringComparison.Ordinal);

        // Another installation marks the same token otherwise.
        await using var other = await RunningServer.StartAsync([]);
        await other.GetAsync(RunningServer.Root, "Token " + Wrong);
        Assert.DoesNotContain((await UntilAsync(other, 1))[0].Credential, records.Select(r => r.Credential));
    }

    [Fact]
    public async Task Tokens_ThatAreWrongAgainAndAgain_DoNotFillTheDisk()
    {
        await using var server = await RunningServer.StartAsync([]);
        for (var i = 0; i < 120; i++)
            await server.GetAsync(RunningServer.Root, $"Token wrong{i}");
        Assert.Equal(100, (await UntilAsync(server, 100)).Count);
    }

    [Theory]
    [InlineData("PUT", RunningServer.Root, 405)]
    [InlineData("DELETE", RunningServer.Root + "runs/", 405)]
    [InlineData("GET", "/api/v2/no-such-thing/", 404)]
    [InlineData("POST", RunningServer.Root + "fields/", 405)]
    public async Task Refusal_OfSomebodyKnown_LeavesARecordAndDoesNotFillTheDisk(string method, string path, int status)
    {
        await using var server = await RunningServer.StartAsync([]);
        await server.SendAsync(new(method), path, null, null);
        Assert.Empty(await RecordsAsync(server));
        for (var i = 0; i < 120; i++)
        {
            using var answer = await server.SendAsync(new(method), path, People.Superuser.TokenHeader, null);
            Assert.Equal(status, (int)answer.StatusCode);
        }

        var records = await RecordsAsync(server);
        Assert.Equal(100, records.Count);
        Assert.All(
            records,
            r =>
                Assert.Equal(
                    (AuditEvents.Refused, People.Superuser.Name, path, status),
                    (r.Event, r.Username, r.Path, r.Status)
                )
        );
    }

    [Fact]
    public async Task Line_OfAnOlderVersion_IsReadAsBefore()
    {
        await using var server = await RunningServer.StartAsync([]);
        await File.WriteAllTextAsync(
            Path.Combine(server.Folder, "store", "audit-2026-11-19.jsonl"),
            """{"at":"2026-11-19T08:00:00+00:00","account_id":1,"username":"a","address":"192.0.2.1" """
                + """,  "route":"GET /","path":"/","q":"x","rows":3,"status":200}"""
                + "\n",
            Stop
        );
        var record = Assert.Single(await RecordsAsync(server));
        Assert.Equal(("a", "x", 3L, 200), (record.Username, record.Q, record.Rows, record.Status));
        Assert.Equal((null, null, null), (record.Event, record.Asked, record.Credential));
        Assert.Equal("q=x", record.Question);
    }

    private static Task<IReadOnlyList<AuditRecord>> RecordsAsync(RunningServer server) =>
        server.Services.GetRequiredService<AuditLog>().SearchAsync(new(), Stop);

    private static Task<IReadOnlyList<AuditRecord>> FindAsync(RunningServer server, string text) =>
        server.Services.GetRequiredService<AuditLog>().SearchAsync(new(Text: text), Stop);

    /// <summary>The server of the reads, each of which adds to its records.</summary>
    public sealed class SharedServer : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync(SampleReports.Make(5));

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    /// <summary>Some are written once the answer has left.</summary>
    private static async Task<IReadOnlyList<AuditRecord>> UntilAsync(RunningServer server, int count)
    {
        while (true)
        {
            if (await RecordsAsync(server) is { } records && records.Count >= count)
                return records;
            await Task.Delay(10, Stop);
        }
    }
}
