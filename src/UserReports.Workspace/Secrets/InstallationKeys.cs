using System.Security.Cryptography;
using UserReports.Feed.Ledger;

namespace UserReports.Workspace.Secrets;

/// <summary>Keys that belong to the installation: made once, the same on every node.</summary>
public sealed class InstallationKeys(WorkspaceDatabase workspace)
{
    /// <summary>Bytes of a key.</summary>
    public const int Bytes = 32;

    /// <summary>What the workspace has stays: with another key everything that was made with it would change.</summary>
    internal const string Put =
        "insert into installation_key (name, content) values (@p0, @p1) on conflict (name) do nothing";

    /// <summary>Reads a key, or makes it if there is none yet; of several who make it at once, all get the
    /// first.</summary>
    /// <exception cref="LedgerException">The workspace cannot be used.</exception>
    public Task<byte[]> ReadOrMakeAsync(string name, CancellationToken cancellationToken) =>
        workspace.Requests.DoAsync(
            async commands =>
            {
                if (await FindAsync(commands, name, cancellationToken) is { } known)
                    return known;
                var made = Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));
                await commands.ExecuteAsync(Put, cancellationToken, name, made);
                return (await FindAsync(commands, name, cancellationToken))!;
            },
            cancellationToken
        );

    /// <summary>The same for whoever cannot wait otherwise.</summary>
    /// <inheritdoc cref="ReadOrMakeAsync"/>
    public byte[] ReadOrMake(string name) => Waiting.For(() => ReadOrMakeAsync(name, CancellationToken.None));

    private static async Task<byte[]?> FindAsync(
        WorkspaceCommands commands,
        string name,
        CancellationToken cancellationToken
    )
    {
        var found = await commands.ReadAsync(
            "select content from installation_key where name = @p0",
            row => row.GetString(0),
            cancellationToken,
            name
        );
        return found.Count == 0 ? null : Convert.FromBase64String(found[0]);
    }
}
