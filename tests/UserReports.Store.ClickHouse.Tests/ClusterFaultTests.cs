using UserReports.Core.Query;
using UserReports.Core.Reports;
using UserReports.Store.ClickHouse.Examining;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.Contract;
using UserReports.Store.Sql;
using UserReports.Testing;

namespace UserReports.Store.ClickHouse.Tests;

/// <summary>
/// Nodes of a cluster that do not answer: as long as a shard has a replica left, answers go on; else they end, naming
/// the shard, and are never a part.
/// </summary>
[Trait("Category", "Long")]
public sealed class ClusterFaultTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<Report> reports = SampleReports.Make(60);
    private FragileCluster cluster = null!;
    private TemporaryStore kept = null!;
    private ClickHouseStore store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cluster = await FragileCluster.OpenAsync();
        kept = await TemporaryStore.WithAsync(TestServer.Cluster, reports);
        store = await kept.OpenSecondAsync(FragileCluster.Of(kept.Settings));
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await cluster.DisposeAsync();
        await kept.DisposeAsync();
    }

    [Fact]
    public async Task Find_OneReplicaIsGone_AnswersGoOn()
    {
        foreach (var replica in cluster.Servers.Where(one => one.Shard == 3))
        {
            await cluster.StopAsync(replica);

            Assert.Equal(reports.Count, await CountAsync());
            await using var export = await store.Reader.ExportAsync(ReportQuery.Everything, Token);
            var rows = 0;
            await foreach (var chunk in export.Chunks.WithCancellation(Token))
                rows += chunk.Count;
            Assert.Equal(reports.Count, rows);

            cluster.Start(replica);
        }
    }

    [Fact]
    public async Task Find_AShardIsGone_NamesItUntilItIsBack()
    {
        var gone = cluster.Servers.Single(one => one.Shard == 2);
        await cluster.StopAsync(gone);
        var name = $"{gone.Name} (shard 2 of the cluster fragile)";

        var found = await Assert.ThrowsAsync<StoreUnreachableException>(() => CountAsync());
        var summed = await Assert.ThrowsAsync<StoreUnreachableException>(() =>
            store.Reader.SummarizeAsync(SummaryCompiler.Compile("", "username", null).Query!, Token)
        );
        var exported = await Assert.ThrowsAsync<StoreUnreachableException>(() =>
            store.Reader.ExportAsync(QueryCompiler.Compile("username:a*", null).Query!, Token)
        );

        Assert.Equal([name, name, name], [found.Server, summed.Server, exported.Server]);
        Assert.StartsWith($"The database server {name} does not answer", found.Message, StringComparison.Ordinal);

        cluster.Start(gone);
        Assert.Equal(reports.Count, await CountAsync());
    }

    [Fact]
    public async Task Read_AShardGoesInTheMidst_EndsAndNamesIt()
    {
        using var server = new ClickHouseServer(FragileCluster.Of(kept.Settings));
        await server.Cluster.ShapeAsync(Token);
        var gone = cluster.Servers.Single(one => one.Shard == 1);

        var e = await Assert.ThrowsAsync<StoreUnreachableException>(async () =>
        {
            var rows = 0;
            var endless = new SqlStatement(
                "select toInt64(number) from cluster('fragile', view(select * from system.numbers))",
                []
            );
            await foreach (var _ in server.StreamAsync(endless, row => row.GetInt64(0), isLimited: true, Token))
            {
                if (++rows == 1)
                    await cluster.StopAsync(gone);
            }
        });

        Assert.Equal($"{gone.Name} (shard 1 of the cluster fragile)", e.Server);
    }

    /// <summary>Some replicas may have the rows of the attempt that failed, and none may show them.</summary>
    [Fact]
    public async Task Commit_AReplicaIsGone_FailsAndCanBeDoneOnceItIsBack()
    {
        var run = await store.Runs.StartAsync([(StoreUnderTest.Everyone, reports.Count)], Token);
        await store.Runs.ClaimAsync(run.Uid, "owner", 1, Lease, Token);
        var gone = cluster.Servers[^1];
        await cluster.StopAsync(gone);

        var e = await Assert.ThrowsAsync<StoreUnreachableException>(CommitAsync);
        Assert.Equal($"{gone.Name} (shard 3 of the cluster fragile)", e.Server);
        // Some of the accounts are on each shard.
        long[] accounts = [.. reports.Select(report => report.UserId)];
        await Assert.ThrowsAsync<StoreUnreachableException>(() =>
            store.Corrections.ReplaceAccountsAsync(accounts, [], Token)
        );

        cluster.Start(gone);
        Assert.True(await CommitAsync());
        // What somebody wanted to replace meanwhile the run has to make up for.
        Assert.True(await store.Corrections.CorrectAsync(run.Uid, "owner", accounts, reports, Token));
        Assert.True(await store.Writer.CompleteAsync(run.Uid, "owner", Token));
        foreach (var other in cluster.Servers.Where(one => one.Shard == 3))
        {
            await cluster.StopAsync(other);
            Assert.Equal(reports.Count, await CountAsync());
            cluster.Start(other);
        }

        Task<bool> CommitAsync() =>
            store.Writer.CommitAsync(
                run.Uid,
                "owner",
                [store.Writer.Pack(StoreUnderTest.Everyone, reports.Count, reports)],
                Token
            );
    }

    [Fact]
    public async Task Start_AServerIsGone_NamesIt()
    {
        var gone = cluster.Servers[0];
        await cluster.StopAsync(gone);

        var e = await Assert.ThrowsAsync<StoreUnreachableException>(() =>
            store.Runs.StartAsync([(StoreUnderTest.Everyone, 1)], Token)
        );

        Assert.Contains("127.0.1.2:", e.Server, StringComparison.Ordinal);
        Assert.EndsWith(" (shard 1 of the cluster fragile)", e.Server, StringComparison.Ordinal);
    }

    /// <summary>Whoever leaves keeps no shard busy.</summary>
    [Fact]
    public async Task Query_WhoeverAskedHasLeft_EndsOnAllShards()
    {
        using var server = new ClickHouseServer(kept.Settings);
        using var leaving = new CancellationTokenSource();
        var mark = $"mark_{Guid.NewGuid():N}";
        var asked = Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            AskAsync(
                server,
                $"select sum(sipHash64(number)) from cluster('reports', view(select number from numbers(1000000000000) where '{mark}' != ''))",
                leaving.Token
            )
        );
        while (await RunningAsync() < 4)
            await Task.Delay(20, Token);

        await leaving.CancelAsync();

        await asked;
        while (await RunningAsync() > 0)
            await Task.Delay(20, Token);

        // One that began it, and one for each shard.
        Task<long> RunningAsync() =>
            AskAsync(
                server,
                $"select count() from clusterAllReplicas('reports', system.processes) where query like '%{mark}%' and query not like '%system.processes%'",
                Token
            );
    }

    [Fact]
    public async Task Hosts_TheFirstDoesNotAnswer_TheNextIsAsked()
    {
        var first = cluster.Servers[0];
        await cluster.StopAsync(first);
        var settings = kept.Settings;
        var hosts = string.Join(',', settings.Hosts);
        await using var other = await kept.OpenSecondAsync(
            settings with
            {
                ConnectionString = settings.ConnectionString.Replace(
                    hosts,
                    $"{first.Host},{hosts}",
                    StringComparison.Ordinal
                ),
            }
        );

        await other.Corrections.ReplaceAccountsAsync([reports[0].UserId], [], Token);

        Assert.Equal(
            reports.Count(report => report.UserId != reports[0].UserId),
            (await other.Reader.FindAsync(ReportQuery.Everything, new(5), Token)).Count
        );
    }

    [Fact]
    public async Task Hosts_NoneAnswers_NamesAll()
    {
        using var server = new ClickHouseServer(new("Host=127.0.0.1,127.0.0.2;Port=1;Cluster=reports"));

        var e = await Assert.ThrowsAsync<StoreUnreachableException>(() => AskAsync(server, "select 1", Token));

        Assert.Equal("127.0.0.1:1, 127.0.0.2:1", e.Server);
    }

    [Fact]
    public async Task Examination_OfAClusterThatServes_FindsNothingWrong()
    {
        var findings = await ServerExamination.RunAsync(kept.Settings, TimeProvider.System, Token);

        Assert.Equal(["cluster", "version", "clock", "rights"], findings.Select(finding => finding.Subject));
        Assert.All(findings, finding => Assert.True(finding.IsGood, finding.Message));
        Assert.Equal("reports has 3 shards on 4 servers, all of which answer each other", findings[0].Message);
    }

    [Fact]
    public async Task Examination_AServerDoesNotAnswer_NamesItOnce()
    {
        var gone = cluster.Servers[1];
        await cluster.StopAsync(gone);

        var findings = await ServerExamination.RunAsync(FragileCluster.Of(kept.Settings), TimeProvider.System, Token);

        var faults = findings.Where(finding => !finding.IsGood).ToList();
        Assert.NotEmpty(faults);
        Assert.All(faults, fault => Assert.Contains(gone.Host, fault.Message, StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.Equal("servers", fault.Subject));
    }

    [Fact]
    public async Task Examination_ClusterIsMisspelt_SaysWhichWasMeant()
    {
        var settings = kept.Settings with
        {
            ConnectionString = kept.ConnectionString.Replace("=reports", "=report", StringComparison.Ordinal),
        };

        var finding = Assert.Single(await ServerExamination.RunAsync(settings, TimeProvider.System, Token));

        Assert.EndsWith("knows no cluster report: did you mean reports?", finding.Message, StringComparison.Ordinal);
        await using var other = await kept.OpenSecondAsync(settings);
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            other.Reader.FindAsync(ReportQuery.Everything, new(5), Token)
        );
        Assert.Contains("knows no cluster report:", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examination_SeveralServersWithoutACluster_AsksForItsName()
    {
        var settings = kept.Settings with
        {
            ConnectionString = kept.ConnectionString.Replace(";Cluster=reports", "", StringComparison.Ordinal),
        };

        var findings = await ServerExamination.RunAsync(settings, TimeProvider.System, Token);

        var fault = Assert.Single(findings, finding => !finding.IsGood);
        Assert.EndsWith("name their cluster in Cluster of the setting Store", fault.Message, StringComparison.Ordinal);
    }

    private async Task<long?> CountAsync() =>
        (
            await store.Reader.FindAsync(QueryCompiler.Compile("NOT username:nobody", null).Query!, new(100), Token)
        ).Count;

    private static async Task<long> AskAsync(
        ClickHouseServer server,
        string sql,
        CancellationToken cancellationToken
    ) =>
        (
            await server.RowsAsync(
                new SqlStatement(sql, []),
                row => Convert.ToInt64(row.GetValue(0), System.Globalization.CultureInfo.InvariantCulture),
                cancellationToken
            )
        )[0];
}
