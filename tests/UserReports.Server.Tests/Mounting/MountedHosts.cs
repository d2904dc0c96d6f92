using UserReports.Server.Tests.Explorer;
using UserReports.Server.Tests.Mounting;

[assembly: AssemblyFixture(typeof(MountedHosts))]

namespace UserReports.Server.Tests.Mounting;

/// <summary>Small platforms whose service believes a proxy on this machine; started when first asked for.</summary>
public sealed class MountedHosts : IAsyncDisposable
{
    /// <summary>Names that mean something in a path, of accounts without a public identifier.</summary>
    public static readonly IReadOnlyList<string> AwkwardNames = ["a/b", "a%2Fb", ".", "..", "a?b=c#d&name=e", "a+b%"];

    private readonly SemaphoreSlim starting = new(1);
    private readonly Dictionary<string, ExplorerHost> hosts = new(StringComparer.Ordinal);

    /// <summary>The service with a setting <c>PathBase</c>, and a completed run.</summary>
    public async Task<ExplorerHost> UnderAsync(string pathBase)
    {
        await starting.WaitAsync();
        try
        {
            if (!hosts.TryGetValue(pathBase, out var host))
            {
                hosts[pathBase] = host = await ExplorerHost.StartAsync(
                    20,
                    [
                        .. AwkwardNames
                            .Index()
                            .Select(name =>
                                $"update auth_user set username = '{name.Item}' where id = {name.Index + 2}"
                            ),
                        $"delete from hub_extrauserdetail where user_id between 2 and {AwkwardNames.Count + 1}",
                    ],
                    [("PathBase", pathBase), ("Proxies", "127.0.0.1")]
                );
            }

            return await host.RefreshedAsync();
        }
        finally
        {
            starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts.Values)
            await host.DisposeAsync();
        starting.Dispose();
    }
}
