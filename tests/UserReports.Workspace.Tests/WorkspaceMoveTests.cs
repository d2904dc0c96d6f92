using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserReports.Feed.Ledger;
using UserReports.Workspace.Moving;
using UserReports.Workspace.Nodes;

namespace UserReports.Workspace.Tests;

/// <summary>A workspace that is moved is the same afterwards, and the one that it is from is as it was.</summary>
public sealed class WorkspaceMoveTests
{
    private static readonly NodeHeartbeat Node = new("id", "reports-1", null, "1.0", false, "rules");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Each table of the model gets rows here, a new one too; what is not carried over is missing at the
    /// end.</summary>
    [Fact]
    public async Task Move_ThereAndBack_CarriesEveryTableOver()
    {
        await using var file = await TemporaryFile.MakeAsync();
        await using var server = await TemporaryDatabase.MakeAsync();
        await using var back = await TemporaryFile.MakeAsync();
        await FillAsync(file);
        var before = await ContentAsync(file);
        Assert.All(before, table => Assert.Equal(2, table.Value.Count));

        var moved = await MoveAsync(file, server);
        Assert.Equal(before.Keys, moved.Select(table => table.Name));
        Assert.All(moved, table => Assert.Equal(2, table.Rows));
        Assert.Equal(before, await ContentAsync(server));
        Assert.Equal(before, await ContentAsync(file));

        await MoveAsync(server, back);
        Assert.Equal(before, await ContentAsync(back));
    }

    [Fact]
    public async Task Move_ToWhatHoldsSomething_IsRefusedUnlessToldOtherwise()
    {
        await using var file = await TemporaryFile.MakeAsync();
        await using var server = await TemporaryDatabase.MakeAsync();
        await FillAsync(file);
        await server.ExecuteAsync("insert into used_code (account, step) values (7, 7)");
        var refused = await Assert.ThrowsAsync<LedgerException>(() => MoveAsync(file, server));
        Assert.Equal(
            $"The workspace {server.Place} is not empty: it has rows in used_code. Name an empty one, or say --replace, and what it "
                + "holds is lost.",
            refused.Message
        );
        Assert.Equal(["7|7"], (await ContentAsync(server))["used_code"]);
        await MoveAsync(file, server, replaces: true);
        Assert.Equal(await ContentAsync(file), await ContentAsync(server));
    }

    [Fact]
    public async Task Move_WhileANodeIsAtWork_IsRefusedOnEitherSide()
    {
        await using var file = await TemporaryFile.MakeAsync();
        await using var server = await TemporaryDatabase.MakeAsync();
        await FillAsync(file);
        using (var nodes = new KnownNodes(server.Database, TimeProvider.System))
        {
            await nodes.JoinAsync(Node, Stop);
            var words =
                $"The workspace {server.Place} is in use (reports-1). Stop every node that uses it, and move then.";
            Assert.Equal(words, (await Assert.ThrowsAsync<LedgerException>(() => MoveAsync(file, server))).Message);
            Assert.Equal(words, (await Assert.ThrowsAsync<LedgerException>(() => MoveAsync(server, file))).Message);
            await nodes.LeaveAsync(Node.Id, Stop);
        }

        using (var nodes = new KnownNodes(file.Database, TimeProvider.System))
        {
            await nodes.JoinAsync(Node, Stop);
            var refused = await Assert.ThrowsAsync<LedgerException>(() => MoveAsync(file, server, replaces: true));
            Assert.StartsWith($"The workspace {file.Place} is in use (", refused.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Killed or failed in between: the target is as it was.</summary>
    [Fact]
    public async Task Move_ThatFails_LeavesTheTargetAsItWas()
    {
        await using var file = await TemporaryFile.MakeAsync();
        await using var server = await TemporaryDatabase.MakeAsync();
        await FillAsync(file);
        await server.ExecuteAsync(
            "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$; "
                + "create trigger refuse before insert on used_code for each row execute function refuse()"
        );
        var refused = await Assert.ThrowsAsync<LedgerException>(() => MoveAsync(file, server));
        Assert.Equal($"The workspace {server.Place} cannot be used: no room (P0001).", refused.Message);
        Assert.All(await ContentAsync(server), table => Assert.Empty(table.Value));
    }

    [Fact]
    public async Task Move_FromNowhereOrToItself_IsRefused()
    {
        await using var file = await TemporaryFile.MakeAsync();
        await FillAsync(file);
        Assert.StartsWith(
            "Both are the workspace",
            (await Assert.ThrowsAsync<LedgerException>(() => MoveAsync(file, file))).Message,
            StringComparison.Ordinal
        );
        await using var nowhere = await TemporaryFile.MakeAsync();
        Assert.Equal(
            $"There is no workspace {nowhere.Place}. Look at --from.",
            (await Assert.ThrowsAsync<LedgerException>(() => MoveAsync(nowhere, file))).Message
        );
    }

    [Fact]
    public async Task Move_OfAnEarlierVersion_IsRefused()
    {
        await using var file = await TemporaryFile.MakeAsync();
        await using var other = await TemporaryFile.MakeAsync();
        await FillAsync(file);
        await file.ExecuteAsync(
            """delete from "__EFMigrationsHistory" where "MigrationId" = (select max("MigrationId") from "__EFMigrationsHistory")"""
        );
        Assert.Equal(
            $"The workspace {file.Place} is of an earlier version. Start this version with it once, stop it, and move then.",
            (await Assert.ThrowsAsync<LedgerException>(() => MoveAsync(file, other))).Message
        );
    }

    private static Task<IReadOnlyList<MovedTable>> MoveAsync(
        WorkspaceUnderTest from,
        WorkspaceUnderTest to,
        bool replaces = false
    ) => WorkspaceMove.RunAsync(from.ConnectionString, to.ConnectionString, replaces, TimeProvider.System, Stop);

    /// <summary>Two rows for each table; in the second one whatever may be missing is.</summary>
    private static async Task FillAsync(WorkspaceUnderTest workspace)
    {
        await workspace.Follow.SummarizeAsync(Stop);
        await using var context = await WorkspaceDatabase.EngineOf(workspace.ConnectionString).OpenAsync(Stop);
        foreach (var entity in context.Model.GetEntityTypes())
        {
            for (var i = 1; i <= 2; i++)
            {
                var values = entity
                    .GetProperties()
                    .Select(property =>
                        property.IsNullable && i == 2 ? "null"
                        : property.ClrType == typeof(string) ? $"'ä{i} ''{property.GetColumnName()}'''"
                        : property.ClrType == typeof(bool) ? (i == 1 ? "true" : "false")
                        : property.ClrType == typeof(int) ? $"{i}"
                        : $"{long.MaxValue - i}"
                    );
                var names = entity.GetProperties().Select(property => $"\"{property.GetColumnName()}\"");
                await workspace.ExecuteAsync(
                    $"insert into \"{entity.GetTableName()}\" ({string.Join(", ", names)}) values ({string.Join(", ", values)})"
                );
            }
        }

        // A node that was seen in a far future would be one at work; and a run has a uid.
        await workspace.ExecuteAsync("update node set seen_at = 1, clock_ahead = 0, run = null");
    }

    private static async Task<SortedDictionary<string, List<string>>> ContentAsync(WorkspaceUnderTest workspace)
    {
        await using var context = await WorkspaceDatabase.EngineOf(workspace.ConnectionString).OpenAsync(Stop);
        var commands = new WorkspaceCommands(context.Database.GetDbConnection(), null);
        SortedDictionary<string, List<string>> content = new(StringComparer.Ordinal);
        foreach (var table in MoveTable.Of(context.Model))
        {
            var rows = await commands.ReadAsync(
                table.Select,
                row =>
                    string.Join(
                        '|',
                        table.Read(row).Select(value => string.Create(CultureInfo.InvariantCulture, $"{value}"))
                    ),
                Stop
            );
            content[table.Name] = [.. rows.Order(StringComparer.Ordinal)];
        }

        return content;
    }
}
