using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using UserReports.Core.Query;
using UserReports.Store;
using UserReports.Testing;

namespace UserReports.Server.Tests.Api;

/// <summary>Whoever asks, asks in the turn of the own account; and what a query that costs too much is told.</summary>
public sealed class TurnTests
{
    [Theory]
    [InlineData("GET", "?q=username:a")]
    [InlineData("POST", "query/")]
    [InlineData("GET", "?start=900")]
    [InlineData("GET", "someone/")]
    [InlineData("GET", "summary/")]
    [InlineData("POST", "summary/")]
    [InlineData("GET", "export/?format=ndjson")]
    [InlineData("POST", "export/")]
    public async Task Route_ThatReads_ReadsInTheTurnOfItsAccount(string method, string path)
    {
        var watched = new WatchedReader();
        await using var server = await StartAsync(watched);

        foreach (var person in new[] { People.Superuser, People.WithSecondFactor })
        {
            using var answer = await server.SendAsync(new(method), RunningServer.Root + path, person.TokenHeader, null);
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal([People.Superuser.Id, People.WithSecondFactor.Id], watched.Accounts);
        Assert.Equal(0, watched.NobodysReads);
    }

    [Fact]
    public async Task Query_ThatCostsTooMuch_IsAProblemThatSaysWhatToDo()
    {
        var watched = new WatchedReader
        {
            Failure = new QueryCostException(TimeSpan.FromSeconds(77), TimeSpan.FromSeconds(30), "email__iregex"),
        };
        await using var server = await StartAsync(watched);

        using (var answer = await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader))
        {
            var problem = await AssertProblem.IsAsync(answer, 400, "too_expensive");
            Assert.Equal(
                "The query would take about 77 seconds of this store, and 30 are allowed. Use fewer conditions such as email__iregex, "
                    + "or raise the setting Reports:QueryTime.",
                problem.GetProperty("detail").GetString()
            );
        }

        watched.Failure = new QueryTimeException(TimeSpan.FromSeconds(30));
        using var late = await server.GetAsync(RunningServer.Root, People.Superuser.TokenHeader);
        await AssertProblem.IsAsync(late, 503, "too_slow");
    }

    private static Task<RunningServer> StartAsync(WatchedReader watched) =>
        RunningServer.StartAsync(
            SampleReports.Make(3),
            services =>
                services.Replace(
                    ServiceDescriptor.Singleton<IReportReader>(provider =>
                    {
                        watched.Reader = provider.GetRequiredService<IReportStore>().Reader;
                        return watched;
                    })
                )
        );

    /// <summary>The real store; notes in whose turn it is read, and what is read in nobody's.</summary>
    private sealed class WatchedReader : PassingReader
    {
        public List<long> Accounts { get; } = [];

        public int NobodysReads { get; private set; }

        public StoreException? Failure { get; set; }

        public override IReportReader For(long account)
        {
            Accounts.Add(account);
            return Failure is null ? Reader.For(account) : this;
        }

        public override Task<ReportPage> FindAsync(
            ReportQuery query,
            PageRequest page,
            CancellationToken cancellationToken
        )
        {
            NobodysReads++;
            return Failure is null ? base.FindAsync(query, page, cancellationToken) : throw Failure;
        }
    }
}
