using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using UserReports.Refresh;
using UserReports.Server.Configuration;
using UserReports.Server.Hosting;
using UserReports.Sources.Generating;
using UserReports.Testing;

namespace UserReports.EndToEnd.Tests.Pooling;

/// <summary>
/// The whole service behind PgBouncer: people sign in while passes run, and the server watches that nothing is read but
/// in read-only transactions of one snapshot with the service's statement timeout.
/// </summary>
[Trait("Category", "Slow")]
public sealed class SignInsThroughPoolerTests
{
    private const int Accounts = 2_000;
    private const int People = 20;
    private const int SignIns = 1_000;
    private const string Reports = "/api/v2/user-reports/";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task SignIns_WhilePassesRun_AreAllAnsweredRight(string mode)
    {
        await using var databases = await PlatformDatabases.CreateAsync(Token);
        await SourceGenerator.GenerateAsync(
            databases.Platform,
            databases.Usage,
            new(Accounts, TimeProvider.System.GetUtcNow()),
            null,
            Token
        );
        await PlatformDatabases.ExecuteAsync(databases.Platform, PeopleSql(), Token);
        await using var role = await WatchedRole.CreateAsync(databases, Token);
        var server = new NpgsqlConnectionStringBuilder(databases.Platform);
        await using var bouncer = await PgBouncer.StartAsync(
            mode,
            poolSize: mode == "transaction" ? 2 : 8,
            server.Host!,
            server.Port,
            role.Name,
            role.Password,
            Token
        );
        var folder = Directory.CreateTempSubdirectory("user-reports-pooled-");
        await using (
            var app = Build(role.Through(databases.Platform, bouncer), role.Through(databases.Usage, bouncer), folder)
        )
        {
            await app.StartAsync(Token);
            using var client = new HttpClient { BaseAddress = new(app.Urls.First()) };
            var engine = app.Services.GetRequiredService<RefreshEngine>();
            Assert.True((await engine.RunAsync(null, Token)).IsCompleted);

            var (passes, done) = (0, false);
            var refreshing = Task.Run(
                async () =>
                {
                    while (!Volatile.Read(ref done))
                    {
                        var outcome = await engine.RunAsync(null, Token);
                        Assert.True(outcome.IsCompleted, outcome.Run.LastError);
                        Assert.Equal(Accounts, outcome.Run.AccountsDone);
                        passes++;
                    }
                },
                Token
            );
            await Parallel.ForAsync(
                0,
                SignIns,
                new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token },
                async (i, stop) => await SignInAsync(client, i, stop)
            );
            Volatile.Write(ref done, true);
            await refreshing;

            Assert.InRange(passes, 1, int.MaxValue);
        }

        folder.Delete(recursive: true);
    }

    /// <summary>Every second person is a superuser; each is tried right and wrong, by password and by token.</summary>
    private static async Task SignInAsync(HttpClient client, int i, CancellationToken cancellationToken)
    {
        var person = i % People;
        var isRight = i / People % 2 == 0;
        var credential = isRight ? "" : "wrong";
        using var request = new HttpRequestMessage(HttpMethod.Get, Reports + "?limit=1");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            i / People / 2 % 2 == 0
                ? "Basic "
                    + Convert.ToBase64String(
                        Encoding.UTF8.GetBytes($"{NameOf(person)}:{PasswordOf(person)}{credential}")
                    )
                : $"Token {TokenOf(person)}{credential}"
        );
        using var answer = await client.SendAsync(request, cancellationToken);
        var expected =
            !isRight ? HttpStatusCode.Unauthorized
            : person % 2 == 0 ? HttpStatusCode.OK
            : HttpStatusCode.Forbidden;
        if (answer.StatusCode != expected)
            Assert.Fail(
                $"Sign-in {i}: {answer.StatusCode} for {expected}: "
                    + await answer.Content.ReadAsStringAsync(cancellationToken)
            );
    }

    private static string NameOf(int person) => string.Create(CultureInfo.InvariantCulture, $"pooled_person_{person}");

    private static string PasswordOf(int person) => "password of " + NameOf(person);

    private static string TokenOf(int person) => "token-of-" + NameOf(person);

    private static string PeopleSql() =>
        string.Join(
            '\n',
            Enumerable
                .Range(0, People)
                .Select(person =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"""
                        update auth_user set username = '{NameOf(person)}', password = '{HashOf(PasswordOf(person))}',
                            is_active = true, is_superuser = {person % 2 == 0} where id = {100 + person};
                        update hub_extrauserdetail set validated_password = true where user_id = {100 + person};
                        delete from accounts_mfa_mfamethodswrapper where user_id = {100 + person};
                        delete from authtoken_token where user_id = {100 + person};
                        insert into authtoken_token (key, user_id, created)
                        values ('{TokenOf(person)}', {100 + person}, now());
                        """
                    )
                )
        );

    private static string HashOf(string password) =>
        "pbkdf2_sha256$1000$salt$"
        + Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(password, "salt"u8, 1000, HashAlgorithmName.SHA256, 32));

    private static WebApplication Build(string platform, string usage, DirectoryInfo folder)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Sources:Platform"] = platform,
                    ["Sources:Usage"] = usage,
                    ["Sources:StatementTimeout"] = WatchedRole.StatementTimeout.ToString("c"),
                    ["Store"] = $"Data Source={Path.Combine(folder.FullName, "reports.duckdb")}",
                    ["Refresh:AccountsPerRange"] = "200",
                    // Each is asked of the platform anew.
                    ["Access:CacheFor"] = "00:00:00",
                    ["Access:FailuresPerAddress"] = "100000",
                    ["Access:FailuresPerAccount"] = "100000",
                }
            )
            .Build();
        return ServerHost.Build(
            configuration,
            ServerSettings.Read(configuration),
            "http://127.0.0.1:0",
            builder =>
            {
                builder.Logging.ClearProviders();
                // No schedule: the test says when a pass runs.
                foreach (
                    var hosted in builder
                        .Services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType is null)
                        .ToList()
                )
                    builder.Services.Remove(hosted);
            }
        );
    }
}
