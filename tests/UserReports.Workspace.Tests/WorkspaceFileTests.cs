using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Tests;

/// <summary>What only a file can have.</summary>
public sealed class WorkspaceFileTests
{
    [Fact]
    public async Task Open_FileThatIsNoDatabase_IsRefusedWithWords()
    {
        await using var workspace = await TemporaryFile.MakeAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(workspace.Place)!);
        await File.WriteAllTextAsync(workspace.Place, new string('x', 5_000));
        var refused = await Assert.ThrowsAsync<LedgerException>(() => workspace.Follow.SummarizeAsync(default));
        Assert.StartsWith(
            $"The workspace {workspace.Place} cannot be used: ",
            refused.Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>The lock that the framework takes while it makes tables is a row, which a kill leaves behind.</summary>
    [Fact]
    public async Task Open_AfterAKillInTheMidstOfAMigration_GoesOn()
    {
        await using var workspace = await TemporaryFile.MakeAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(workspace.Place)!);
        await workspace.ExecuteAsync(
            """
            create table "__EFMigrationsLock" ("Id" integer not null primary key, "Timestamp" text not null);
            insert into "__EFMigrationsLock" values (1, '2026-11-20');
            """
        );
        Assert.Equal(0, (await workspace.Follow.SummarizeAsync(default)).Count);
    }
}
