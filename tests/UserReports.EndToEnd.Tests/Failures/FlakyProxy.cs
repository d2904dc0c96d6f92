using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace UserReports.EndToEnd.Tests.Failures;

/// <summary>Stands between the service and its database, and cuts, stalls or refuses connections.</summary>
internal sealed class FlakyProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly NpgsqlConnectionStringBuilder server;
    private readonly Random random;
    private readonly Lock gate = new();
    private readonly List<Socket> open = [];
    private readonly Task accepting;
    private int accepted;
    private int stalled;

    /// <param name="seed">The same seed cuts at the same bytes, as far as threads allow.</param>
    public FlakyProxy(string connectionString, int seed)
    {
        server = new(connectionString);
        random = new(seed);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Bytes of answers after which a connection is cut at the latest; null cuts none.</summary>
    public int? CutWithin { get; set; }

    /// <summary>How many connections stop answering instead of being cut.</summary>
    public int Stalls { get; set; }

    /// <summary>Closes every new connection at once, like a server that is starting up behind a balancer.</summary>
    public bool Refuses { get; set; }

    public int Accepted => Volatile.Read(ref accepted);

    public int Cuts { get; private set; }

    public string ConnectionString =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            Pooling = true,
        }.ConnectionString;

    /// <summary>Cuts every connection there is.</summary>
    public void CutAll()
    {
        lock (gate)
        {
            open.ForEach(Reset);
            open.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
        CutAll();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!closing.IsCancellationRequested)
        {
            var client = await listener.AcceptSocketAsync(closing.Token);
            Interlocked.Increment(ref accepted);
            if (Refuses)
                Reset(client);
            else
                _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await upstream.ConnectAsync(server.Host!, server.Port, closing.Token);
            lock (gate)
                open.AddRange([client, upstream]);
            await Task.WhenAny(PumpAsync(client, upstream, null), PumpAsync(upstream, client, Budget()));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Ends like any other.
        }
        finally
        {
            Reset(client);
            Reset(upstream);
        }
    }

    private int? Budget()
    {
        lock (gate)
            return CutWithin is { } most ? random.Next(1, most) : null;
    }

    private async Task PumpAsync(Socket from, Socket to, int? budget)
    {
        var buffer = new byte[4096];
        try
        {
            while (await from.ReceiveAsync(buffer, closing.Token) is > 0 and var read)
            {
                if (budget is { } left && (budget = left - read) <= 0)
                {
                    if (Interlocked.Increment(ref stalled) <= Stalls)
                        await Task.Delay(Timeout.Infinite, closing.Token);
                    lock (gate)
                        Cuts++;
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, read), closing.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end is gone.
        }
    }

    /// <summary>A reset, as of a machine that vanished, and not an orderly end.</summary>
    private static void Reset(Socket socket)
    {
        socket.Close(0);
    }
}
