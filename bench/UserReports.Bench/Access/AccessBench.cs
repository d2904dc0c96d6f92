using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Server.Access;
using UserReports.Server.Access.Passwords;
using UserReports.Server.Access.Sessions;
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
    private const int Refusals = 300;

    public static async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-bench-").FullName;
        try
        {
            Print(output, "audit line", AuditLines(folder));
            var (unknown, wrong) = await RefusalsAsync(folder, cancellationToken);
            Print(output, "refusal: unknown name", unknown);
            Print(output, "refusal: wrong password", wrong);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"told apart: AUC {Auc(unknown, wrong):0.000} (0.5 is by chance), KS {Ks(unknown, wrong):0.000} "
                )
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"(above {1.36 * Math.Sqrt(2.0 / Refusals):0.000} they differ with 95 % certainty)"
                    )
            );
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
        var settings = new AccessSettings(
            TimeSpan.FromSeconds(30),
            TimeSpan.FromHours(1),
            int.MaxValue,
            int.MaxValue,
            TimeSpan.FromHours(1),
            -1
        );
        var rights = new LiveRights(
            new IdentitySource(database),
            settings,
            usual,
            new FileSessions(folder, TimeSpan.FromHours(1), TimeProvider.System, NullLogger<FileSessions>.Instance),
            TimeProvider.System
        );
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
        // By turns, and in an order of chance, so that what else the machine does falls on both alike.
        for (var i = 0; i < Refusals; i++)
        {
            var wrongFirst = RandomNumberGenerator.GetInt32(2) == 0;
            if (wrongFirst)
                wrong.Add(await RefuseAsync("admin"));
            unknown.Add(await RefuseAsync("nobod"));
            if (!wrongFirst)
                wrong.Add(await RefuseAsync("admin"));
        }

        return ([.. unknown], [.. wrong]);
    }

    /// <summary>How likely one of the second takes longer than one of the first.</summary>
    private static double Auc(double[] first, double[] second) =>
        second.Average(b =>
            first.Average(a =>
                a < b ? 1.0
                : a > b ? 0
                : 0.5
            )
        );

    /// <summary>The largest distance between the two distributions.</summary>
    private static double Ks(double[] first, double[] second) =>
        first
            .Concat(second)
            .Max(at =>
                Math.Abs(
                    first.Count(a => a <= at) / (double)first.Length
                        - second.Count(b => b <= at) / (double)second.Length
                )
            );

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
                $"{name}: p5 {At(0.05):0.000} ms, p25 {At(0.25):0.000} ms, p50 {At(0.5):0.000} ms, p75 {At(0.75):0.000} ms, "
            ) + string.Create(CultureInfo.InvariantCulture, $"p95 {At(0.95):0.000} ms, p99 {At(0.99):0.000} ms")
        );
    }
}
