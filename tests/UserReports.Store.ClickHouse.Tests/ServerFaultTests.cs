using UserReports.Core.Query;
using UserReports.Store.ClickHouse.Examining;
using UserReports.Store.ClickHouse.Servers;
using UserReports.Store.Sql;
using UserReports.Testing;

namespace UserReports.Store.ClickHouse.Tests;

/// <summary>What goes wrong on the server or on the way to it is told as what it is.</summary>
public sealed class ServerFaultTests
{
    private const string Endless = "select sum(sipHash64(number)) from numbers(1000000000000)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_ServerDoesNotAnswer_NamesIt()
    {
        await using var store = await TemporaryStore.WithAsync(SampleReports.Make(3));
        await using var lost = await ClickHouseStore.OpenAsync(
            new("Host=127.0.0.1;Port=1"),
            store.Workspace.SharedLedger(ClickHouseStore.Layout),
            store.Time,
            Token
        );

        var e = await Assert.ThrowsAsync<StoreUnreachableException>(() =>
            lost.Reader.FindAsync(ReportQuery.Everything, new(5), Token)
        );

        Assert.Equal("127.0.0.1:1", e.Server);
        Assert.StartsWith("The database server 127.0.0.1:1 cannot be reached: ", e.Message, StringComparison.Ordinal);
        // What the ledger knows it says all the same.
        Assert.Equal(3, lost.Reader.Snapshot!.Rows);
    }

    [Fact]
    public async Task Query_RunsTooLong_IsEndedAndSaysSo()
    {
        using var server = Server(settings => settings with { QueryTime = TimeSpan.FromSeconds(1) });

        await Assert.ThrowsAsync<QueryTimeException>(() => AskAsync(server, Endless));
    }

    [Fact]
    public async Task Query_TakesTooMuchMemory_SaysSo()
    {
        using var server = Server(settings => settings with { QueryMegabytes = 16 });

        await Assert.ThrowsAsync<QueryMemoryException>(() =>
            AskAsync(server, "select length(groupArray(number)) from numbers(100000000)")
        );
    }

    [Fact]
    public async Task Query_IsNoStatement_IsThisProgramsFault()
    {
        using var server = Server();

        var e = await Assert.ThrowsAsync<StatementRefusedException>(() =>
            AskAsync(server, "select nothing_of_this_name")
        );

        Assert.Contains("nothing_of_this_name", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_PatternIsNone_SaysWhatIsWrongWithIt()
    {
        using var server = Server();

        var e = await Assert.ThrowsAsync<PatternRejectedException>(() =>
            AskAsync(server, "select match('x', '(?-s)(a{1000}){1000}')")
        );

        Assert.DoesNotContain("(?-s)", e.Reason, StringComparison.Ordinal);
        Assert.Contains("repetition", e.Reason, StringComparison.Ordinal);
    }

    /// <summary>Whoever leaves does not keep the server busy.</summary>
    [Fact]
    public async Task Query_WhoeverAskedHasLeft_EndsOnTheServer()
    {
        using var server = Server();
        using var leaving = new CancellationTokenSource();
        var mark = $"mark_{Guid.NewGuid():N}";
        var asked = Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            AskAsync(server, $"{Endless} where '{mark}' != ''", leaving.Token)
        );
        await UntilAsync(server, mark, running: 1);

        await leaving.CancelAsync();

        await asked;
        await UntilAsync(server, mark, running: 0);
    }

    [Fact]
    public async Task Query_SomebodyEndsIt_IsNoEndOfTheStore()
    {
        using var server = Server();
        var mark = $"mark_{Guid.NewGuid():N}";
        var asked = Assert.ThrowsAsync<StoreUnavailableException>(() =>
            AskAsync(server, $"{Endless} where '{mark}' != ''")
        );
        await UntilAsync(server, mark, running: 1);

        await server.ExecuteAsync(
            $"kill query where query like '%{mark}%' and query not like '%system%' and query not ilike 'kill%' sync",
            Token
        );

        Assert.Contains("ended a query", (await asked).Message, StringComparison.Ordinal);
        Assert.Equal(1, await AskAsync(server, "select toInt64(1)"));
    }

    [Fact]
    public async Task Examination_OfAServerThatServes_FindsNothingWrong()
    {
        var connection = await TestServer.One.CreateAsync();
        try
        {
            var findings = await ServerExamination.RunAsync(new(connection), TimeProvider.System, Token);

            Assert.Equal(["version", "clock", "rights"], findings.Select(finding => finding.Subject));
            Assert.All(findings, finding => Assert.True(finding.IsGood, finding.Message));
        }
        finally
        {
            await TestServer.One.DropAsync(connection);
        }
    }

    [Fact]
    public async Task Examination_DatabaseIsNotThere_SaysSo()
    {
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() =>
            ServerExamination.RunAsync(new($"{TestServer.One.Connection};Database=nowhere"), TimeProvider.System, Token)
        );

        Assert.Contains("nowhere", e.Message, StringComparison.Ordinal);
    }

    private static ClickHouseServer Server(Func<ClickHouseSettings, ClickHouseSettings>? change = null)
    {
        var settings = new ClickHouseSettings($"{TestServer.One.Connection};Database=default");
        return new(change is null ? settings : change(settings));
    }

    private static async Task<long> AskAsync(
        ClickHouseServer server,
        string sql,
        CancellationToken cancellationToken = default
    ) =>
        (
            await server.RowsAsync(
                new SqlStatement(sql, []),
                row => Convert.ToInt64(row.GetValue(0), System.Globalization.CultureInfo.InvariantCulture),
                cancellationToken
            )
        )[0];

    /// <summary>Waits until so many statements with a mark run.</summary>
    private static async Task UntilAsync(ClickHouseServer server, string mark, int running)
    {
        while (
            await AskAsync(
                server,
                $"select count() from system.processes where query like '%{mark}%' and query not like '%system.processes%'"
            ) != running
        )
            await Task.Delay(20, Token);
    }
}
