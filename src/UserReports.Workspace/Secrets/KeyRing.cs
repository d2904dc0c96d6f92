using UserReports.Feed.Ledger;
using UserReports.Workspace.Leading;

namespace UserReports.Workspace.Secrets;

/// <summary>The keys by which cookies and cursors are made: what one node made, all can read.</summary>
/// <remarks>Every member throws <see cref="LedgerException"/> if the workspace cannot be used.</remarks>
public sealed class KeyRing(WorkspaceDatabase workspace)
{
    private const string FirstKey = "first key";

    /// <summary>What the workspace has stays.</summary>
    internal const string Put = "insert into ring_key (name, content) values (@p0, @p1) on conflict (name) do nothing";

    /// <summary>Longer than it takes to make a key; if whoever makes it is killed, another one does.</summary>
    private static readonly TimeSpan MakingTimeMax = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private LeaseTerm? making;

    /// <summary>All keys and revocations, as XML.</summary>
    /// <remarks>
    /// Whoever finds none makes the first, and uses it for a day before he looks again. Of several nodes that start at
    /// once only one finds none; the others wait for his.
    /// </remarks>
    public async Task<IReadOnlyList<string>> AllAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var keys = await workspace.Requests.ReadAsync(
                commands =>
                    commands.ReadAsync(
                        "select content from ring_key order by name",
                        row => row.GetString(0),
                        cancellationToken
                    ),
                cancellationToken
            );
            if (keys.Count > 0 || !workspace.IsShared || making is not null)
                return keys;
            making = await workspace.Leases.TakeAsync(FirstKey, MakingTimeMax, cancellationToken);
            if (making is null)
                await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>The same for whoever cannot wait otherwise.</summary>
    public IReadOnlyList<string> All() => Waiting.For(() => AllAsync(CancellationToken.None));

    /// <summary>The same as <see cref="AddAsync"/> for whoever cannot wait otherwise.</summary>
    public void Add(string name, string xml) =>
        Waiting.For(async () =>
        {
            await AddAsync(name, xml, CancellationToken.None);
            return true;
        });

    /// <summary>Adds a key or a revocation.</summary>
    public async Task AddAsync(string name, string xml, CancellationToken cancellationToken)
    {
        await workspace.Requests.DoAsync(
            commands => commands.ExecuteAsync(Put, cancellationToken, name, xml),
            cancellationToken
        );
        making = null;
    }
}
