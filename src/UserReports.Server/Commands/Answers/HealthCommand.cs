using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using UserReports.Server.Hosting.Supervision;

namespace UserReports.Server.Commands.Answers;

/// <summary><c>health</c>: for supervisors that run a program to find out, as container engines do.</summary>
internal static class HealthCommand
{
    private const string UrlsVariable = "ASPNETCORE_URLS";

    /// <summary>Where the server listens if nothing says where.</summary>
    private const string UsualUrl = "http://localhost:5000";

    private static readonly Option<string?> Url = new("--url")
    {
        Description = $"Where the server listens (or the first of {UrlsVariable}).",
        HelpName = "http://127.0.0.1:5080",
    };

    private static readonly Option<bool> Ready = new("--ready")
    {
        Description = "Ask for more: that a completed run can be read.",
    };

    private static readonly Option<int> Seconds = new("--timeout")
    {
        Description = "How long to wait for the answer, in seconds.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 5,
    };

    public static Command Create(Terminal terminal)
    {
        var command = new Command("health", "Ask the server of this machine whether it answers; exit code 0 if so.")
        {
            Url,
            Ready,
            Seconds,
        };
        return command
            .WithExample("user-reports health --ready")
            .Does(
                terminal,
                async (parsed, token) =>
                {
                    var question = parsed.GetValue(Ready) ? "ready" : "live";
                    var url = UrlOf(parsed);
                    var failure = await AskAsync(url, question, parsed.GetValue(Seconds), token);
                    if (failure is null)
                        await terminal.Out.WriteLineAsync(question);
                    else
                        await terminal.Error.WriteLineAsync($"Not {question} at {url}: {failure}");
                    return failure is null ? ExitCode.Done : ExitCode.Failed;
                }
            );
    }

    private static string UrlOf(ParseResult parsed)
    {
        var urls = parsed.GetValue(Url) ?? Environment.GetEnvironmentVariable(UrlsVariable);
        return
            urls?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var first, ..]
            ? first
            : UsualUrl;
    }

    /// <summary>Why not; null if all is well.</summary>
    private static async Task<string?> AskAsync(string url, string question, int seconds, CancellationToken token)
    {
        EndPoint end;
        try
        {
            end = ListenAddress.EndPointOf(url);
        }
        catch (FormatException)
        {
            throw new CommandException(
                $"--url is '{url}', but it must be an http or https address.",
                ExitCode.WrongUsage
            );
        }

        var isEncrypted = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = async (_, connecting) =>
                new NetworkStream(await ListenAddress.ConnectAsync(end, connecting), ownsSocket: true),
        };
        // The server is this machine's own, its certificate is for another name, and no secret is sent.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(seconds) };
        try
        {
            var address = new Uri($"{(isEncrypted ? "https" : "http")}://localhost/health/{question}");
            using var answer = await client.GetAsync(address, token);
            return answer.IsSuccessStatusCode ? null : FormattableString.Invariant($"{(int)answer.StatusCode}.");
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
        catch (TaskCanceledException) when (!token.IsCancellationRequested)
        {
            return FormattableString.Invariant($"no answer within {seconds} s.");
        }
    }
}
