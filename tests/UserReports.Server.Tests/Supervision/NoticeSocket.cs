using System.Net.Sockets;
using System.Text;

namespace UserReports.Server.Tests.Supervision;

/// <summary>What systemd listens at: a socket that takes a notice at a time.</summary>
internal sealed class NoticeSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("user-reports-notices-");
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NoticeSocket() => socket.Bind(new UnixDomainSocketEndPoint(Path));

    /// <summary>For <c>NOTIFY_SOCKET</c>.</summary>
    public string Path => System.IO.Path.Combine(folder.FullName, "notify");

    /// <summary>The next notice.</summary>
    public async Task<string> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var buffer = new byte[4096];
        var count = await socket.ReceiveAsync(buffer, patience.Token);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    public void Dispose()
    {
        socket.Dispose();
        folder.Delete(recursive: true);
    }
}
