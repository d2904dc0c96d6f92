using System.Globalization;
using System.Security.Authentication;
using Npgsql;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Engines;

namespace UserReports.Workspace.Tests;

/// <summary>Whatever is wrong with the server, one line says what it is and what to do.</summary>
public sealed class PostgresFaultsTests
{
    [Fact]
    public async Task Open_WithAWrongPassword_SaysSo()
    {
        var wrong = new NpgsqlConnectionStringBuilder(TemporaryDatabase.Server) { Password = "wrong" };
        Assert.Equal(
            $"The workspace postgres on {wrong.Host} cannot be used: the server refuses user name and password. "
                + "Check both in the setting Workspace.",
            await FaultOfAsync(wrong.ConnectionString)
        );
    }

    [Fact]
    public async Task Open_WhereNoServerIs_SaysSo() =>
        Assert.Equal(
            "The workspace reports on 127.0.0.1 cannot be used: the server does not answer (Connection refused). "
                + "Check that it runs, and host and port in the setting Workspace.",
            await FaultOfAsync("Host=127.0.0.1;Port=1;Username=nobody;Database=reports")
        );

    [Fact]
    public async Task Open_WhereNoDatabaseIs_SaysHowToMakeIt()
    {
        var server = new NpgsqlConnectionStringBuilder(TemporaryDatabase.Server) { Database = "nowhere" };
        Assert.Equal(
            $"The workspace nowhere on {server.Host} cannot be used: database \"nowhere\" does not exist. "
                + "Make it: create database NAME owner ROLE;",
            await FaultOfAsync(server.ConnectionString)
        );
    }

    [Fact]
    public async Task Open_WithoutTheRightToMakeTables_SaysHowToGiveIt()
    {
        await using var workspace = await TemporaryDatabase.MakeBareAsync();
        var role = $"powerless_{Guid.NewGuid():n}";
        await workspace.ExecuteAsync(
            $"create role {role} login password 'x'; revoke create on schema public from public"
        );
        try
        {
            var powerless = new NpgsqlConnectionStringBuilder(workspace.ConnectionString)
            {
                Username = role,
                Password = "x",
            };
            Assert.Equal(
                $"The workspace {workspace.Place} cannot be used: the role {role} may not make tables there. Have it own the "
                    + $"database (alter database NAME owner to {role};) or grant it that: grant create, usage on schema "
                    + $"public to {role};",
                await FaultOfAsync(powerless.ConnectionString)
            );
            var line = Assert.Single(await WorkspaceExamination.RunAsync(powerless.ConnectionString, default));
            Assert.Equal((WorkspaceFindingKind.Failure, "database"), (line.Kind, line.Subject));
        }
        finally
        {
            await TemporaryDatabase.ExecuteAsync(TemporaryDatabase.Server, $"drop role {role}");
        }
    }

    [Fact]
    public async Task Examination_OfTablesThatTheRoleMayOnlyRead_SaysWhatToGrant()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        var role = $"reader_{Guid.NewGuid():n}";
        await workspace.ExecuteAsync(
            $"create role {role} login password 'x'; grant select on all tables in schema public to {role}; "
                + $"grant all on used_code to {role}"
        );
        try
        {
            var reader = new NpgsqlConnectionStringBuilder(workspace.ConnectionString)
            {
                Username = role,
                Password = "x",
            };
            var found = await WorkspaceExamination.RunAsync(reader.ConnectionString, default);
            var line = Assert.Single(found, finding => finding.Kind == WorkspaceFindingKind.Failure);
            Assert.Equal("rights", line.Subject);
            Assert.Matches(
                "^the role may not read and write counter and [0-9]+ more tables. Have it own them, or grant it that: grant "
                    + "select, insert, update, delete on all tables in schema public to ROLE;$",
                line.Message
            );
        }
        finally
        {
            await workspace.ExecuteAsync($"drop owned by {role}");
            await TemporaryDatabase.ExecuteAsync(TemporaryDatabase.Server, $"drop role {role}");
        }
    }

    [Theory]
    [InlineData(130_012, false, true, "the server is PostgreSQL 13.12; 14 or later is needed.")]
    [InlineData(150_001, true, true, "the server is a replica, which cannot be written to. Name the primary.")]
    [InlineData(140_000, false, true, null)]
    public void Fault_OfAServer_IsKnownBeforeItIsUsed(int version, bool isReplica, bool mayCreate, string? fault) =>
        Assert.Equal(
            fault,
            new PostgresExamination(
                version,
                string.Create(CultureInfo.InvariantCulture, $"{version / 10_000}.{version % 10_000}"),
                "reports",
                "public",
                mayCreate,
                HasTables: false,
                isReplica,
                DateTimeOffset.UnixEpoch
            ).FaultBeforeUse
        );

    [Fact]
    public async Task Statement_OnAConnectionThatTheServerHasEnded_IsSentOnAnother()
    {
        await using var workspace = await TemporaryDatabase.MakeAsync();
        await workspace.Follow.SummarizeAsync(default);
        await workspace.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        );
        Assert.Equal(0, (await workspace.Follow.SummarizeAsync(default)).Count);
    }

    [Fact]
    public async Task Examination_BeforeTheFirstStart_SaysWhatWillBeMadeAndMakesNothing()
    {
        await using var workspace = await TemporaryDatabase.MakeBareAsync();
        var before = await WorkspaceExamination.RunAsync(workspace.ConnectionString, default);
        Assert.Equal(
            (WorkspaceFindingKind.Good, $"empty, {workspace.Place}; the first start makes its tables"),
            (before[0].Kind, before[0].Message)
        );
        await workspace.Follow.SummarizeAsync(default);
        var after = await WorkspaceExamination.RunAsync(workspace.ConnectionString, default);
        Assert.Equal((WorkspaceFindingKind.Good, $"up to date, {workspace.Place}"), (after[0].Kind, after[0].Message));
    }

    [Theory]
    [InlineData(
        "28000",
        "no entry",
        "the server lets this role not in: no entry. Check the role, and pg_hba.conf there."
    )]
    [InlineData("53300", "x", "the server has no connection left; a node takes up to 10. Raise max_connections there.")]
    [InlineData("57P03", "x", "the server is starting or stopping; it is tried again.")]
    [InlineData("57P01", "x", "the server is starting or stopping; it is tried again.")]
    [InlineData("57P02", "x", "the server is starting or stopping; it is tried again.")]
    [InlineData("53100", "x", "the server's disk is full. Make room there.")]
    [InlineData("XX000", "a fault\nof two lines", "a fault of two lines (XX000).")]
    public void Tell_OfTheServer_SaysWhatToDo(string state, string message, string told) =>
        Assert.Equal(told, PostgresFaults.Tell(new PostgresException(message, "ERROR", "ERROR", state)));

    [Fact]
    public void Tell_OfTheWay_SaysWhatToDo()
    {
        static string Tell(Exception inner) => PostgresFaults.Tell(new NpgsqlException("x", inner));
        Assert.StartsWith(
            "the server does not answer in time.",
            Tell(new TimeoutException()),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "TLS failed: wrong name. Check SSL Mode",
            Tell(new AuthenticationException("wrong name.")),
            StringComparison.Ordinal
        );
        Assert.StartsWith("the server has ended the connection", Tell(new IOException()), StringComparison.Ordinal);
        Assert.Equal("some fault", PostgresFaults.Tell(new InvalidOperationException("some fault")));
    }

    private static async Task<string> FaultOfAsync(string connectionString)
    {
        await using var workspace = new WorkspaceDatabase(connectionString, TimeProvider.System);
        return (await Assert.ThrowsAsync<LedgerException>(() => workspace.Follow.SummarizeAsync(default))).Message;
    }
}
