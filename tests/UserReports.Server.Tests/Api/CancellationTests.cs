using System.Text.Json;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Server.Http;
using UserReports.Store;
using UserReports.Testing;

namespace UserReports.Server.Tests.Api;

/// <summary>Nobody waits for an answer any more: its work in the database is stopped at once.</summary>
public sealed class CancellationTests
{
    // The engine keeps no table of such a pattern: it searches for seconds, and finds nothing.
    private static readonly string Path =
        $"{RunningServer.Root}?limit=1&q={Uri.EscapeDataString("extra_details__data__text__iregex:\"[a-m].{40}~\"")}";

    [Fact]
    public async Task List_ItsClientLeaves_EndsTheQuery()
    {
        var watched = new WatchedReader();
        await using var server = await StartAsync(watched, TimeSpan.FromMinutes(1));
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.TryAddWithoutValidation("Authorization", People.Superuser.TokenHeader);

        var answer = server.Client.SendAsync(request, leave.Token);
        await watched.Entered.Task.WaitAsync(Stop);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watched.Found.Task.WaitAsync(Stop));
        await AssertServesOnAsync(server);
    }

    [Fact]
    public async Task List_TakesLongerThanARequestMay_IsAProblemAndEndsTheQuery()
    {
        var watched = new WatchedReader();
        await using var server = await StartAsync(watched, TimeSpan.FromMilliseconds(200));

        JsonElement problem;
        // On a slow machine the time can be up before the query has begun, for asking who somebody is counts too.
        do
        {
            using var answer = await server.GetAsync(Path, People.Superuser.TokenHeader);
            problem = await AssertProblem.IsAsync(answer, 503, "too_slow");
        } while (!watched.Entered.Task.IsCompleted);
        Assert.Equal(
            "The answer took longer than a request may take. Ask for less, or narrow the query.",
            problem.GetProperty("detail").GetString()
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watched.Found.Task.WaitAsync(Stop));
        await AssertServesOnAsync(server);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task AssertServesOnAsync(RunningServer server)
    {
        // The short time that the slow query was given holds for this request too, and a busy machine can use it up.
        for (var tries = 1; ; tries++)
        {
            using var answer = await server.GetAsync(RunningServer.Root + "?limit=1", People.Superuser.TokenHeader);
            if (answer.IsSuccessStatusCode)
                return;
            await AssertProblem.IsAsync(answer, 503, "too_slow");
            Assert.True(tries < 20, "No answer came in time.");
        }
    }

    /// <summary>Of so many rows that the engine comes by where it looks whether it is to end: every 2048.</summary>
    private static IReadOnlyList<Report> MakeReports()
    {
        var random = new Random(1);
        var bytes = new byte[150];
        return SampleReports.Make(20_000, detailsOf: Details);

        string Details(long id)
        {
            random.NextBytes(bytes);
            return $$"""{"text":"{{Convert.ToBase64String(bytes)}}"}""";
        }
    }

    private static Task<RunningServer> StartAsync(WatchedReader watched, TimeSpan timeout) =>
        RunningServer.StartAsync(
            MakeReports(),
            services =>
            {
                services.Replace(
                    ServiceDescriptor.Singleton<IReportReader>(provider =>
                    {
                        watched.Reader = provider.GetRequiredService<IReportStore>().Reader;
                        return watched;
                    })
                );
                services.PostConfigure<RequestTimeoutOptions>(options =>
                {
                    var policy = options.Policies[AnswerTime.Policy];
                    options.Policies[AnswerTime.Policy] = new()
                    {
                        Timeout = timeout,
                        TimeoutStatusCode = policy.TimeoutStatusCode,
                        WriteTimeoutResponse = policy.WriteTimeoutResponse,
                    };
                });
            },
            // One turn: an answer afterwards shows that the query has given its turn back.
            ("Reports:ConcurrentQueries", "1")
        );

    /// <summary>The real store; tells when its first query has begun and how it ended.</summary>
    private sealed class WatchedReader : PassingReader
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<ReportPage> Found { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task<ReportPage> FindAsync(
            ReportQuery query,
            PageRequest page,
            CancellationToken cancellationToken
        )
        {
            var finding = base.FindAsync(query, page, cancellationToken);
            Entered.TrySetResult();
            await finding.ContinueWith(Found.TrySetFromTask, TaskScheduler.Default);
            return await finding;
        }
    }
}
