using System.Net;
using System.Net.Sockets;

namespace UserReports.Server.Hosting.Supervision;

/// <summary>An address that a server listens on, seen from its own machine.</summary>
internal static class ListenAddress
{
    /// <summary>Where to connect to; "every address" is this machine's own.</summary>
    /// <param name="address">As in <c>ASPNETCORE_URLS</c>: <c>http://+:8080</c>, <c>http://[::1]:5080</c>,
    /// <c>http://unix:/run/user-reports.sock</c>.</param>
    /// <exception cref="FormatException">It is no address.</exception>
    public static EndPoint EndPointOf(string address)
    {
        var binding = BindingAddress.Parse(address);
        if (binding.IsUnixPipe)
            return new UnixDomainSocketEndPoint(binding.UnixPipePath);
        if (IPAddress.TryParse(binding.Host, out var ip))
            return new IPEndPoint(OwnOf(ip), binding.Port);
        // Of this machine, whether or not anything knows its names.
        return binding.Host is "+" or "*" or "" or "localhost"
            ? new IPEndPoint(IPAddress.Loopback, binding.Port)
            : new DnsEndPoint(binding.Host, binding.Port);
    }

    /// <summary>Opens a connection to it.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<Socket> ConnectAsync(EndPoint end, CancellationToken cancellationToken)
    {
        // Over TCP a name may stand for addresses of either family.
        var socket =
            end is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(end, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static IPAddress OwnOf(IPAddress address)
    {
        if (address.Equals(IPAddress.Any))
            return IPAddress.Loopback;
        return address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
    }
}
