using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using UserReports.Server.Audit;
using UserReports.Server.Configuration;
using UserReports.Server.Tests.Commands;
using UserReports.Testing;

namespace UserReports.Server.Tests.Configuration;

/// <summary>What version 0.1.0 has left behind, as it wrote it; nothing here is ever to be changed.</summary>
public sealed class UpgradeTests : IDisposable
{
    private const string Settings = """
        {
          "Sources": { "Platform": "Host=a", "Usage": "Host=b", "StatementTimeout": "00:05:00" },
          "Store": "Data Source=data/reports.duckdb",
          "Reports": {
            "QueryMemoryMegabytes": 1024, "ConcurrentQueries": 4, "PageSizeLimit": 1000, "RetentionDays": 366,
            "AnonymousUserId": -1, "WithoutStripe": false
          },
          "Refresh": {
            "Interval": "00:30:00", "OnStart": true, "AccountsPerRange": 10000, "Parallelism": 2, "KeepPrevious": false,
            "CommitRows": 61440, "Lease": "00:01:00"
          },
          "Stripe": { "Enabled": true },
          "Access": {
            "CacheFor": "00:00:30", "SessionLength": "12:00:00", "FailuresPerAddress": 30, "FailuresPerAccount": 10,
            "FailureWindow": "00:15:00", "KeysFolder": "keys"
          },
          "Audit": { "Folder": "audit", "RetentionDays": 365 },
          "Exports": { "Concurrent": 2, "FormulaProtection": true },
          "Proxies": "127.0.0.1"
        }
        """;

    private const string AuditLines = """
        {"at":"2026-11-19T08:30:00+00:00","account_id":100,"username":"root","address":"192.0.2.1","route":"/api/v2/user-reports/","q":"is_active:true","fields":"username","rows":3,"status":200}
        {"at":"2026-11-19T08:31:00+00:00","username":"guest","address":"192.0.2.7","route":"/sign-in","rows":0,"status":401}

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("user-reports-upgrade-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Settings_OfTheFirstVersion_AreAllTaken()
    {
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Settings));
        var configuration = new ConfigurationBuilder().AddJsonStream(json).Build();

        var settings = ServerSettings.Read(configuration);

        Assert.Equal(61440, settings.Of(SettingsTable.CommitRows));
        Assert.True(settings.IsGiven(LimitSettings.Stripe));
        Assert.Equal(Path.GetFullPath("audit"), settings.FolderOf(SettingsTable.AuditFolder));
    }

    [Fact]
    public async Task AuditLog_OfTheFirstVersion_IsReadAndGoneOnWith()
    {
        var file = Path.Combine(folder, "audit-2026-11-19.jsonl");
        await File.WriteAllTextAsync(file, AuditLines, Stop);
        using var log = new AuditLog(
            new(folder, 365),
            new FakeTimeProvider(SampleReports.Now),
            NullLogger<AuditLog>.Instance
        );
        log.Write(new(SampleReports.Now, 100, "root", null, "list", null, null, null, 5, 200));

        var records = await log.SearchAsync(new(), Stop);

        Assert.Equal([5, 0, 3], records.Select(record => record.Rows));
        Assert.Equal(
            new AuditRecord(
                new(2026, 11, 19, 8, 30, 0, TimeSpan.Zero),
                100,
                "root",
                "192.0.2.1",
                "/api/v2/user-reports/",
                null,
                "is_active:true",
                "username",
                3,
                200
            ),
            records[2]
        );
        Assert.Equal(AuditLines, await File.ReadAllTextAsync(file, Stop));
    }

    /// <summary>As before the first run, until a run has made the rows anew.</summary>
    [Fact]
    public async Task Store_OfAnotherLayout_IsRebuiltByTheNextRun()
    {
        var platform = new GeneratedPlatform();
        await platform.InitializeAsync();
        try
        {
            var store = Path.Combine(platform.Folder, "store");
            foreach (var file in Directory.GetFiles(store, "*.duckdb"))
                People.Execute(file, "update generation set layout_version = 1");

            var before = await CommandRun.OfAsync(["query", "is_active:true", .. platform.Places]);
            Assert.Equal((1, ""), (before.ExitCode, before.Output));
            Assert.Contains("There is no completed refresh yet", before.Error, StringComparison.Ordinal);

            var refreshed = await CommandRun.OfAsync(["refresh", .. platform.Places]);
            Assert.True(refreshed.ExitCode == 0, refreshed.Error);
            var after = await CommandRun.OfAsync(["query", "is_active:true", "--format", "json", .. platform.Places]);
            Assert.True(after.ExitCode == 0, after.Error);
        }
        finally
        {
            await platform.DisposeAsync();
        }
    }
}
