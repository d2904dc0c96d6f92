using System.Globalization;
using UserReports.Feed;

namespace UserReports.Workspace.Tests;

/// <summary>This program as a process that does nothing but write batches, to be killed.</summary>
internal static class WritingChild
{
    public const string Argument = "write-until-killed";

    public const string Feed = "platform feed";

    /// <summary>Writes a batch of one account after the other, and prints its number once it is written down.</summary>
    public static async Task WriteAsync(string connectionString, long first)
    {
        await using var workspace = new WorkspaceDatabase(connectionString, TimeProvider.System);
        if (workspace.IsShared && await workspace.Leadership.TryTakeAsync(default) is null)
            throw new InvalidOperationException("Another node leads.");
        for (var account = first; ; account++)
        {
            var batch = new ChangeBatch
            {
                Position = account.ToString(CultureInfo.InvariantCulture),
                SeenUpTo = TimeProvider.System.GetUtcNow(),
                Accounts = [account],
            };
            await workspace.Follow.WriteAsync(Feed, "platform", batch, default);
            Console.WriteLine(account);
        }
    }
}
