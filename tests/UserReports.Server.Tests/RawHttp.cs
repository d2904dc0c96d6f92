using System.Net.Sockets;
using System.Text;

namespace UserReports.Server.Tests;

/// <summary>HTTP as nobody's library would write it: addresses and headers reach the server as they are.</summary>
internal static class RawHttp
{
    /// <summary>Sends a head without its empty line, and reads until the server hangs up.</summary>
    public static async Task<string> SendAsync(Uri server, string head)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        var request = Encoding.UTF8.GetBytes(head + "Content-Length: 0\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(request, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
