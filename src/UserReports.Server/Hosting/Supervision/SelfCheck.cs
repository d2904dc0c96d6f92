using System.Net.Sockets;

namespace UserReports.Server.Hosting.Supervision;

/// <summary>Whether this server takes connections and answers them, asked as anybody else would ask it.</summary>
/// <remarks>
/// Only silence counts against it: a connection that is closed unanswered, because there are too many or because it
/// should have been encrypted, was closed by a server that works.
/// </remarks>
internal static class SelfCheck
{
    private static readonly byte[] Question =
    [
        .. "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8,
    ];

    /// <summary>True if any of the addresses answers in time.</summary>
    public static async Task<bool> AnswersAsync(
        IReadOnlyCollection<string> addresses,
        TimeSpan patience,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var ended = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, cancellationToken);
        foreach (var address in addresses)
        {
            if (await AnswersAsync(address, either.Token))
                return true;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return false;
    }

    private static async Task<bool> AnswersAsync(string address, CancellationToken cancellationToken)
    {
        var isConnected = false;
        try
        {
            using var socket = await ListenAddress.ConnectAsync(ListenAddress.EndPointOf(address), cancellationToken);
            isConnected = true;
            await socket.SendAsync(Question, cancellationToken);
            // Anything, and the end of the connection too.
            await socket.ReceiveAsync(new byte[64], cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return isConnected;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
