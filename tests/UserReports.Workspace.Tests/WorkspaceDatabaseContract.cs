using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Tests;

public abstract class WorkspaceDatabaseContract<TMaker> : WorkspaceContract<TMaker>
    where TMaker : IWorkspaceMaker
{
    [Fact]
    public async Task Open_WorkspaceOfALaterVersion_IsRefusedWithWords()
    {
        await using var workspace = await EmptyAsync();
        await workspace.Follow.SummarizeAsync(default);
        await workspace.ExecuteAsync(
            """insert into "__EFMigrationsHistory" values ('29991231235959_Later', '99.0.0')"""
        );
        await using var again = workspace.Open();
        var refused = await Assert.ThrowsAsync<LedgerException>(() => again.Follow.SummarizeAsync(default));
        Assert.Equal(
            $"The workspace {workspace.Place} was made by a later version of this program (29991231235959_Later). Install "
                + "that version again, or restore the copy of the workspace that was made before the upgrade.",
            refused.Message
        );
    }

    [Fact]
    public async Task Model_AndItsMigrations_AreTheSame()
    {
        await using var workspace = await EmptyAsync();
        await using var context = await WorkspaceDatabase.EngineOf(workspace.ConnectionString).OpenAsync(default);
        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Open_ManyAtOnce_MakesTheTablesOnce()
    {
        await using var workspace = await TMaker.MakeBareAsync();
        if (workspace is TemporaryFile)
            await workspace.Follow.SummarizeAsync(default);
        var nodes = Enumerable.Range(0, 8).Select(_ => workspace.Open()).ToList();
        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Follow.SummarizeAsync(default))));
        foreach (var node in nodes)
            await node.DisposeAsync();
        Assert.Equal(0, (await workspace.Follow.SummarizeAsync(default)).Count);
    }

    /// <summary>
    /// A child process writes batch after batch and says which were written down before it goes on; it is killed in
    /// the middle. Nothing that it said may be missing.
    /// </summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Write_ProcessKilled_LosesNothingThatWasWrittenDown()
    {
        await using var workspace = await TMaker.MakeAsync();
        var last = 0L;
        for (var kill = 1; kill <= 3; kill++)
        {
            var start = new ProcessStartInfo(
                "dotnet",
                [
                    typeof(WritingChild).Assembly.Location,
                    WritingChild.Argument,
                    workspace.ConnectionString,
                    $"{last + 1}",
                ]
            )
            {
                RedirectStandardOutput = true,
            };
            using var child = Process.Start(start)!;
            var upTo = last + (20 * kill);
            while (await child.StandardOutput.ReadLineAsync() is { } line)
            {
                last = long.Parse(line, CultureInfo.InvariantCulture);
                if (last >= upTo)
                    break;
            }

            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync();
            if (workspace is TemporaryDatabase server)
                await server.PassLeaseAsync();
            Assert.True(last >= upTo, "The child ended by itself.");
        }

        var dirty = await workspace.Follow.OldestAsync(100_000, WorkspaceUnderTest.Everything, default);
        var names = dirty.Select(entry => long.Parse(entry.Name, CultureInfo.InvariantCulture)).Order().ToList();
        var position = long.Parse(
            (await workspace.Follow.FindPositionAsync(WritingChild.Feed, default))!,
            CultureInfo.InvariantCulture
        );
        Assert.True(position >= last);
        Assert.Equal(Enumerable.Range(1, (int)position).Select(i => (long)i), names);
    }
}
