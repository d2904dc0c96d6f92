using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using DuckDB.NET.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using UserReports.Server.Access.Passwords;
using UserReports.Server.Access.Rights;
using UserReports.Server.Access.SigningIn;
using UserReports.Server.Audit;
using UserReports.Server.Configuration;
using UserReports.Sources.Connections;
using UserReports.Sources.Generating;
using UserReports.Sources.Identities;
using UserReports.Workspace;
using UserReports.Workspace.Sessions;

namespace UserReports.Bench.Access;

/// <summary>
/// What access costs: the audit log's line, and whether the time of a refusal tells why it was refused.
/// </summary>
internal static class AccessBench
{
    private const int Lines = 20_000;
    private const int Refusals = 300;
    private const string UnknownName = "unknown name";

    /// <summary>Why a sign-in is refused, the name that it is tried with, and the hash that it gets.</summary>
    private static readonly (string Why, string Name, string? Hash)[] Cases =
    [
        (UnknownName, "nobod", null),
        ("wrong password", "admin", null),
        ("hash of an unknown kind", "user2", "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99"),
        ("mangled hash", "user3", "pbkdf2_sha256$1000000$salt"),
        ("no password", "user4", "!kjhgfdsa"),
    ];

    public static async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("user-reports-bench-").FullName;
        try
        {
            Print(output, "audit line", AuditLines(folder));
            var refusals = await RefusalsAsync(folder, cancellationToken);
            var unknown = refusals[UnknownName];
            foreach (var (why, times) in refusals)
                Print(output, $"refusal: {why}", times);
            foreach (var (why, times) in refusals.Where(refusal => refusal.Key != UnknownName))
            {
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{why} told from {UnknownName}: AUC {Auc(unknown, times):0.000} (0.5 is by chance), "
                    )
                        + string.Create(
                            CultureInfo.InvariantCulture,
                            $"KS {Ks(unknown, times):0.000} (above {1.36 * Math.Sqrt(2.0 / Refusals):0.000} they differ "
                        )
                        + "with 95 % certainty)"
                );
            }

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

    private static async Task<Dictionary<string, double[]>> RefusalsAsync(
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
        for (var i = 0; i < Cases.Length; i++)
        {
            if (Cases[i].Hash is { } hash)
                Change(
                    platform,
                    $"update auth_user set username = '{Cases[i].Name}', password = '{hash}' where id = {i}"
                );
        }

        await using var database = SourceDatabase.Create("platform", platform, new(platform, usage));
        await using var workspace = new WorkspaceDatabase(
            $"Data Source={Path.Combine(folder, "workspace.db")}",
            TimeProvider.System
        );
        var usual = new TimingDecoyHash();
        var settings = new AccessSettings(
            TimeSpan.FromSeconds(30),
            TimeSpan.FromHours(1),
            int.MaxValue,
            int.MaxValue,
            TimeSpan.FromHours(1),
            -1,
            IsBehindProxy: false
        );
        var rights = new LiveRights(
            new IdentitySource(database),
            settings,
            usual,
            new SessionStore(workspace, TimeSpan.FromHours(1), TimeProvider.System),
            TimeProvider.System
        );
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var signIn = new PasswordSignIn(
            rights,
            new(settings, TimeProvider.System),
            new(usual, services.GetRequiredService<IMeterFactory>()),
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
        var times = Cases.ToDictionary(refused => refused.Why, _ => new double[Refusals]);
        // By turns, and in an order of chance, so that what else the machine does falls on all alike.
        var order = Cases.ToArray();
        for (var i = 0; i < Refusals; i++)
        {
            RandomNumberGenerator.Shuffle<(string Why, string Name, string? Hash)>(order);
            foreach (var refused in order)
                times[refused.Why][i] = await RefuseAsync(refused.Name);
        }

        return times;
    }

    private static void Change(string embedded, string sql)
    {
        using var connection = new DuckDBConnection(embedded);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
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
