using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using UserReports.Server.Audit;
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
        await server.GetAsync(RunningServer.Root, "Token wrong");
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
            records[^1]
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
    public async Task Files_OlderThanRetention_GoWithTheNextDay()
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-audit-").FullName;
        var time = new FakeTimeProvider(SampleReports.Now);
        using (var log = new AuditLog(new(folder, 2), time, NullLogger<AuditLog>.Instance))
        {
            for (var day = 0; day < 5; day++)
            {
                log.Write(Record(time.GetUtcNow(), day));
                time.Advance(TimeSpan.FromDays(1));
            }

            Assert.Equal(
                ["audit-2026-11-22.jsonl", "audit-2026-11-23.jsonl", "audit-2026-11-24.jsonl"],
                Directory.GetFiles(folder).Select(Path.GetFileName).Order()
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
            File.Delete(path);
            log.Write(Record(time.GetUtcNow(), 2));
            Assert.Equal(2, Assert.Single(await log.SearchAsync(new(), TestContext.Current.CancellationToken)).Rows);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static AuditRecord Record(DateTimeOffset at, long rows) =>
        new(at, 1, "a", null, "test", null, null, null, rows, 200);
}
