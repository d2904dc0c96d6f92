using System.Net;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using UserReports.Core.Query;
using UserReports.Server.Access.SigningIn;
using UserReports.Server.Audit;
using UserReports.Server.Explorer.Reading;
using UserReports.Server.Tests.Access;
using UserReports.Testing;

namespace UserReports.Server.Tests.Audit;

/// <summary>Every read is written down before it is answered.</summary>
public sealed class AuditLogTests
{
    [Fact]
    public async Task Reads_OfEveryKind_AreRecordedOnceWithTheirRows()
    {
        await using var server = await RunningServer.StartAsync(SampleReports.Make(5));
        var log = server.Services.GetRequiredService<AuditLog>();
        using var first = await server.GetAsync(
            RunningServer.Root + "?q=is_active__isnull:false&fields=username&limit=3",
            People.Superuser.TokenHeader
        );
        await server.GetAsync(RunningServer.Root + "nobody/", People.Superuser.TokenHeader);
        await server.GetAsync(RunningServer.Root + "?limit=x", People.Superuser.TokenHeader);
        await server.GetAsync(RunningServer.Root, People.Ordinary.TokenHeader);
        var records = await log.SearchAsync(new(), TestContext.Current.CancellationToken);
        Assert.Equal([403, 400, 404, 200], records.Select(record => record.Status));
        Assert.Equal(
            new(
                server.Time.GetUtcNow(),
                101,
                People.Superuser.Name,
                "127.0.0.1",
                "GET /api/v2/user-reports/",
                RunningServer.Root,
                "is_active__isnull:false",
                "username",
                3,
                200
            ),
            records[^1] with
            {
                Asked = null,
            }
        );
        Assert.Equal(People.Ordinary.Name, records[0].Username);
        Assert.Single(await log.SearchAsync(new(User: "102"), TestContext.Current.CancellationToken));
        Assert.Equal(2, (await log.SearchAsync(new(Limit: 2), TestContext.Current.CancellationToken)).Count);
        Assert.Empty(
            await log.SearchAsync(
                new(Since: server.Time.GetUtcNow().AddSeconds(1)),
                TestContext.Current.CancellationToken
            )
        );
        foreach (var file in Directory.GetFiles(Path.Combine(server.Folder, "store"), "audit-*"))
            Assert.DoesNotContain(
                People.Superuser.Token,
                await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)
            );
    }

    [Fact]
    public async Task Log_ThatCannotBeWritten_RefusesEveryRead()
    {
        var blocked = Path.GetTempFileName();
        await using var server = await RunningServer.StartAsync(
            SampleReports.Make(2),
            ("Audit:Folder", Path.Combine(blocked, "audit"))
        );
        foreach (var path in new[] { "", "fields/", "runs/", "summary/" })
        {
            using var answer = await server.GetAsync(RunningServer.Root + path, People.Superuser.TokenHeader);
            await AssertProblem.IsAsync(answer, 503, "no_audit");
        }

        Assert.Contains(
            server.Log.All,
            line => line.Contains("so every read is refused until it can", StringComparison.Ordinal)
        );
        File.Delete(blocked);
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader)).StatusCode
        );
    }

    [Fact]
    public async Task Disk_ThatIsFull_RefusesEveryReadOfApiAndExplorer()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no device here that is always full.");
        await using var server = await RunningServer.StartAsync(SampleReports.Make(2));
        var audited = server
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<AuditedAttribute>() is not null)
            .Select(endpoint =>
                $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {endpoint.RoutePattern.RawText}"
            )
            .ToList();
        Assert.NotEmpty(audited);
        var path = Path.Combine(server.Folder, "store", "audit-2026-11-20.jsonl");
        File.CreateSymbolicLink(path, "/dev/full");
        foreach (var route in audited)
        {
            // That device can be read for ever, so the search must not look into the file of the day.
            var address = RouteAccessTests.Closed[route].Path;
            using var answer = await server.SendAsync(
                new(route.Split(' ')[0]),
                address.EndsWith("/audit/", StringComparison.Ordinal) ? address + "?until=2026-11-01" : address,
                People.Superuser.TokenHeader,
                null
            );
            await AssertProblem.IsAsync(answer, 503, "no_audit");
        }

        Assert.All(await server.Store.Runs.ListAsync(Stop), run => Assert.NotNull(run.FinishedAt));
        using (var browser = new Browser(server))
        {
            using var signIn = await browser.SubmitAsync([new("token", People.Superuser.Token)]);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, signIn.StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(RunningServer.Root)).StatusCode);
        }

        await using var scope = server.Services.CreateAsyncScope();
        var signedIn = Assert.IsType<SignInStep.SignedIn>(
            await server.Services.GetRequiredService<SignIn>().ByTokenAsync(People.Superuser.Token, null, Stop)
        );
        (
            (IHostEnvironmentAuthenticationStateProvider)
                scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>()
        ).SetAuthenticationState(Task.FromResult(new AuthenticationState(await server.OpenAsync(signedIn.Principal))));
        var reading = scope.ServiceProvider.GetRequiredService<ReportReading>();
        var everything = QueryCompiler.Compile("", null).Query!;
        Func<Task>[] reads =
        [
            async () =>
                await reading.FindAsync(await reading.ViewAsync("", Stop), "", everything, new(10), [], null, Stop),
            () => reading.SummarizeAsync("explorer figures", "", [new("", "is_active", "count", 10)], null, Stop),
            () => reading.FindAccountAsync(new("u1", null), Stop),
            () => reading.RefreshAccountAsync(new("u1", null), _ => Task.FromResult(true), Stop),
            () => reading.SearchAuditAsync(new(Until: SampleReports.Now.AddDays(-1)), Stop),
            () => reading.RecordActAsync("something", null, Stop),
        ];
        foreach (var read in reads)
            await Assert.ThrowsAsync<AuditException>(read);

        File.Delete(path);
        foreach (var read in reads)
            await read();
    }

    [Fact]
    public async Task SignIns_ThatFail_AreRecordedForAccountsThatExist()
    {
        await using var server = await RunningServer.StartAsync([]);
        var log = server.Services.GetRequiredService<AuditLog>();
        await server.GetAsync(RunningServer.Root, People.Superuser.Basic("wrong"));
        await server.GetAsync(RunningServer.Root, "Basic " + Convert.ToBase64String("no password but a name:x"u8));
        using var browser = new Browser(server);
        using var refused = await browser.SubmitAsync([
            new("username", People.Ordinary.Name),
            new("password", People.Ordinary.Password),
        ]);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        // They are written once the answer has left, so that its time tells nothing.
        IReadOnlyList<AuditRecord> records;
        do
        {
            await Task.Delay(10, Stop);
            records = await log.SearchAsync(new(), Stop);
        } while (records.Count < 2);
        Assert.Equal(
            [("ordinary_person", "POST /sign-in", 403), ("root_person", "GET /api/v2/user-reports/", 401)],
            records.Select(r => (r.Username!, r.Route, r.Status)).Order()
        );
        var written = await File.ReadAllTextAsync(Path.Combine(server.Folder, "store", "audit-2026-11-20.jsonl"), Stop);
        Assert.DoesNotContain("wrong", written, StringComparison.Ordinal);
        Assert.DoesNotContain("no password", written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_OfAnAccountThatMayNotRead_DoNotFillTheDisk()
    {
        await using var server = await RunningServer.StartAsync([]);
        for (var i = 0; i < 120; i++)
            await server.GetAsync(RunningServer.Root, People.Ordinary.TokenHeader);
        await server.GetAsync(RunningServer.Root, People.Staff.TokenHeader);
        var log = server.Services.GetRequiredService<AuditLog>();
        Assert.Equal(100, (await log.SearchAsync(new(User: People.Ordinary.Name), Stop)).Count);
        Assert.Single(await log.SearchAsync(new(User: People.Staff.Name), Stop));
    }

    [Fact]
    public async Task Writers_OfOneProcessAtOnce_LoseNothing()
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-audit-").FullName;
        var time = new FakeTimeProvider(SampleReports.Now);
        using (var log = new AuditLog(new(folder, 2), time, NullLogger<AuditLog>.Instance))
        {
            Parallel.For(0, 1000, i => log.Write(Record(time.GetUtcNow(), i)));
            Assert.Equal(
                Enumerable.Range(0, 1000).Select(i => (long)i),
                (await log.SearchAsync(new(), Stop)).Select(r => r.Rows).Order()
            );
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("BY EMAIL", 1)]
    [InlineData("group_by=email", 2)]
    [InlineData("token_wrong", 3)]
    public async Task Text_IsSoughtInEverythingThatARecordSays(string text, long rows)
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-audit-").FullName;
        var time = new FakeTimeProvider(SampleReports.Now);
        using (var log = new AuditLog(new(folder, 2), time, NullLogger<AuditLog>.Instance))
        {
            log.Write(Record(time.GetUtcNow(), 1) with { Within = ["count by email"] });
            log.Write(
                Record(time.GetUtcNow(), 2) with
                {
                    Asked = new Dictionary<string, string> { ["group_by"] = "email" },
                }
            );
            log.Write(Record(time.GetUtcNow(), 3) with { Event = AuditEvents.TokenWrong });
            Assert.Equal(rows, Assert.Single(await log.SearchAsync(new(Text: text), Stop)).Rows);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Folder_ThatAnotherProcessWritesTo_IsOnlyRead()
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-audit-").FullName;
        var time = new FakeTimeProvider(SampleReports.Now);
        using (var second = new AuditLog(new(folder, 2), time, NullLogger<AuditLog>.Instance))
        {
            using (var first = new AuditLog(new(folder, 2), time, NullLogger<AuditLog>.Instance))
            {
                first.Write(Record(time.GetUtcNow(), 1));
                Assert.Throws<AuditException>(() => second.Write(Record(time.GetUtcNow(), 2)));
                first.Write(Record(time.GetUtcNow(), 3));
                Assert.Equal([3, 1], (await second.SearchAsync(new(), Stop)).Select(r => r.Rows));
            }

            second.Write(Record(time.GetUtcNow(), 4));
            Assert.Equal([4, 3, 1], (await second.SearchAsync(new(), Stop)).Select(r => r.Rows));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Files_OlderThanRetention_AreDeleted()
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-audit-").FullName;
        var time = new FakeTimeProvider(SampleReports.Now);
        using (var log = new AuditLog(new(folder, 2), time, NullLogger<AuditLog>.Instance))
        {
            for (var day = 0; day < 5; day++)
            {
                log.Forget();
                log.Write(Record(time.GetUtcNow(), day));
                time.Advance(TimeSpan.FromDays(1));
            }

            Assert.Equal(
                ["audit-2026-11-22.jsonl", "audit-2026-11-23.jsonl", "audit-2026-11-24.jsonl"],
                Directory.GetFiles(folder, "*.jsonl").Select(Path.GetFileName).Order()
            );
            Assert.Equal(
                [4, 3, 2],
                (await log.SearchAsync(new(), TestContext.Current.CancellationToken)).Select(r => r.Rows)
            );
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task File_LeftWithHalfALineOrTakenAway_CostsNoOtherRecord()
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-audit-").FullName;
        var time = new FakeTimeProvider(SampleReports.Now);
        var path = Path.Combine(folder, "audit-2026-11-20.jsonl");
        await File.WriteAllTextAsync(path, "{\"at\":\"2026-11-2", TestContext.Current.CancellationToken);
        using (var log = new AuditLog(new(folder, 2), time, NullLogger<AuditLog>.Instance))
        {
            log.Write(Record(time.GetUtcNow(), 1));
            Assert.Single(await log.SearchAsync(new(), TestContext.Current.CancellationToken));
            // As a process that is killed leaves it, or as another one that reads sees a line that is being written.
            await File.AppendAllTextAsync(path, "{\"at\":\"2026-11-20T0", TestContext.Current.CancellationToken);
            Assert.Single(await log.SearchAsync(new(), TestContext.Current.CancellationToken));
            File.Delete(path);
            log.Write(Record(time.GetUtcNow(), 2));
            Assert.Equal(2, Assert.Single(await log.SearchAsync(new(), TestContext.Current.CancellationToken)).Rows);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Service_ThatNobodyReadsFrom_ForgetsAllTheSame()
    {
        await using var server = await RunningServer.StartAsync([]);
        var old = Path.Combine(server.Folder, "store", "audit-2020-01-01.jsonl");
        await File.WriteAllTextAsync(old, "{}\n", Stop);
        while (File.Exists(old))
        {
            server.Time.Advance(TimeSpan.FromHours(1));
            await Task.Delay(10, Stop);
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static AuditRecord Record(DateTimeOffset at, long rows) =>
        new(at, 1, "a", null, "test", null, null, null, rows, 200);
}
