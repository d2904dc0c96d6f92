using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Server.Access;
using UserReports.Server.Access.Passwords;
using UserReports.Server.Audit;
using UserReports.Sources.Generating;
using UserReports.Sources.Identities;
using UserReports.Sources.Reading;

namespace UserReports.Bench.Access;

/// <summary>
/// What access costs: the audit log's line, and whether the time of a refusal tells why it was refused.
/// </summary>
internal static class AccessBench
{
    private const int Lines = 20_000;
    private const int Refusals = 200;

    public static async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-bench-").FullName;
        try
        {
            Print(output, "audit line", AuditLines(folder));
            var (unknown, wrong) = await RefusalsAsync(folder, cancellationToken);
            Print(output, "refusal: unknown name", unknown);
            Print(output, "refusal: wrong password", wrong);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[] AuditLines(string folder)
    {
        using var log = new AuditLog(new(folder, 30), TimeProvider.System, NullLogger<AuditLog>.Instance);
        var record = new AuditRecord(
            TimeProvider.System.GetUtcNow(),
            1,
            "somebody",
            "192.0.2.1",
            "GET /api/v2/user-reports/",
            "/api/v2/user-reports/",
            "service_usage__balances__submission__exceeded:true AND is_active:true",
            null,
            100,
            200
        );
        return [.. Enumerable.Range(0, Lines).Select(_ => Time(() => log.Write(record)))];
    }

    private static async Task<(double[] Unknown, double[] Wrong)> RefusalsAsync(
        string folder,
        CancellationToken cancellationToken
    )
    {
        var (platform, usage) = ($"Data Source={folder}/platform.db", $"Data Source={folder}/usage.db");
        await SourceGenerator.GenerateAsync(
            platform,
            usage,
            new(1000, TimeProvider.System.GetUtcNow()),
            null,
            cancellationToken
        );
        await using var database = SourceDatabase.Create("platform", platform, new(platform, usage));
        var usual = new UsualPassword();
        // Rights are not remembered, so that both kinds ask the platform each time.
        var settings = new AccessSettings(
            TimeSpan.Zero,
            TimeSpan.FromHours(1),
            int.MaxValue,
            int.MaxValue,
            TimeSpan.FromHours(1)
        );
        var rights = new LiveRights(new IdentitySource(database), settings, usual, TimeProvider.System);
        using var signIn = new PasswordSignIn(
            rights,
            new(settings, TimeProvider.System),
            usual,
            settings,
            TimeProvider.System,
            NullLogger<PasswordSignIn>.Instance
        );
        async Task<double> RefuseAsync(string name)
        {
            var begun = Stopwatch.GetTimestamp();
            await signIn.CheckAsync(
                name,
                RandomNumberGenerator.GetHexString(12),
                IPAddress.Loopback,
                cancellationToken
            );
            return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }

        for (var i = 0; i < 5; i++)
            await RefuseAsync("admin");
        List<double> unknown = [],
            wrong = [];
        for (var i = 0; i < Refusals; i++)
        {
            unknown.Add(await RefuseAsync("nobod"));
            wrong.Add(await RefuseAsync("admin"));
        }

        return ([.. unknown], [.. wrong]);
    }

    private static double Time(Action action)
    {
        var begun = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static void Print(TextWriter output, string name, double[] milliseconds)
    {
        Array.Sort(milliseconds);
        double At(double part) => milliseconds[(int)(part * (milliseconds.Length - 1))];
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: p5 {At(0.05):0.000} ms, p50 {At(0.5):0.000} ms, p95 {At(0.95):0.000} ms, p99 {At(0.99):0.000} ms"
            )
        );
    }
}
