using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using UserReports.Store.ClickHouse.Servers;

namespace UserReports.Store.ClickHouse.Tests;

/// <summary>
/// The tests' cluster by way of addresses where its servers answer only as long as a test lets them: to whoever asks
/// there, a server that is cut off has ended, and one that is let through has been started again.
/// </summary>
internal sealed class FragileCluster : IAsyncDisposable
{
    private readonly Dictionary<string, List<Passage>> passages = new(StringComparer.Ordinal);
    private readonly int[] ports;

    private FragileCluster(IReadOnlyList<ClusterServer> servers, int http)
    {
        Servers = servers;
        ports = [http, servers[0].Port];
    }

    /// <summary>As the cluster's servers call them: one each of two shards, two of the third.</summary>
    public IReadOnlyList<ClusterServer> Servers { get; }

    /// <summary>All servers answer.</summary>
    public static async Task<FragileCluster> OpenAsync()
    {
        using var server = new ClickHouseServer(new($"{TestServer.Cluster.Connection};Database=default"));
        var shape = await server.Cluster.ReadAsync("fragile", CancellationToken.None);
        var cluster = new FragileCluster(shape.Servers, server.Settings.Driver().Port);
        foreach (var one in cluster.Servers)
            cluster.Start(one);
        return cluster;
    }

    /// <summary>A store's settings that lead here.</summary>
    public static ClickHouseSettings Of(ClickHouseSettings settings) =>
        settings with
        {
            ConnectionString = settings.ConnectionString.Replace(
                "Cluster=reports",
                "Cluster=fragile",
                StringComparison.Ordinal
            ),
        };

    public void Start(ClusterServer one) => passages[one.Host] = [.. ports.Select(port => new Passage(one.Host, port))];

    public async Task StopAsync(ClusterServer one)
    {
        if (passages.Remove(one.Host, out var open))
        {
            foreach (var passage in open)
                await passage.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Servers)
            await StopAsync(one);
    }

    /// <summary>Takes connections at an address and carries them to the server behind it.</summary>
    private sealed class Passage : IAsyncDisposable
    {
        private readonly TcpListener listener;
        private readonly IPEndPoint behind;
        private readonly ConcurrentDictionary<TcpClient, bool> open = [];
        private readonly Task listening;

        public Passage(string host, int port)
        {
            behind = new(IPAddress.Parse(host.Replace("127.0.1.", "127.0.0.", StringComparison.Ordinal)), port);
            listener = new(IPAddress.Parse(host), port);
            listener.Start();
            listening = ListenAsync();
        }

        public async ValueTask DisposeAsync()
        {
            listener.Dispose();
            foreach (var client in open.Keys)
                client.Dispose();
            await listening;
        }

        private async Task ListenAsync()
        {
            List<Task> carried = [];
            try
            {
                while (true)
                    carried.Add(CarryAsync(await listener.AcceptTcpClientAsync()));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // No more of them.
            }

            foreach (var client in open.Keys)
                client.Dispose();
            await Task.WhenAll(carried);
        }

        private async Task CarryAsync(TcpClient from)
        {
            using var to = new TcpClient();
            open[from] = open[to] = true;
            try
            {
                await to.ConnectAsync(behind);
                // Whichever side ends first ends the other.
                await await Task.WhenAny(
                    from.GetStream().CopyToAsync(to.GetStream()),
                    to.GetStream().CopyToAsync(from.GetStream())
                );
            }
            catch (Exception e)
                when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                // It ends here in any case.
            }
            finally
            {
                from.Dispose();
                open.TryRemove(from, out _);
                open.TryRemove(to, out _);
            }
        }
    }
}
