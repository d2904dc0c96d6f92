using System.Net;
using System.Net.Sockets;

namespace UserReports.Server.Limits;

/// <summary>
/// What one client can be told by: its address, or in IPv6 its network, of which it has all of 64 bits.
/// </summary>
internal static class ClientNetwork
{
    /// <summary>As text; the address itself where it is none of IP.</summary>
    public static string Of(string address) => IPAddress.TryParse(address, out var parsed) ? Of(parsed) : address;

    /// <inheritdoc cref="Of(string)"/>
    public static string Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPNetwork(Network(address), 64).ToString()
            : address.ToString();
    }

    private static IPAddress Network(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new(bytes);
    }
}
