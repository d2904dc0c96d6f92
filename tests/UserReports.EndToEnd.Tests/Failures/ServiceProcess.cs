using System.Diagnostics;
using System.Text;

namespace UserReports.EndToEnd.Tests.Failures;

/// <summary>The program in a process of its own, which can be sent signals and be given limits.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process process;
    private readonly StringBuilder said = new();
    private readonly Task output;
    private readonly Task error;

    private ServiceProcess(Process process)
    {
        this.process = process;
        output = FollowAsync(process.StandardOutput);
        error = FollowAsync(process.StandardError);
    }

    /// <summary>What it wrote so far, errors included.</summary>
    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    /// <summary>Starts it with these settings (<c>Name=Value</c>).</summary>
    /// <param name="fileKilobytesMax">How large a file it may write, as on a disk that is full; null for any.</param>
    public static ServiceProcess Start(
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> settings,
        int? fileKilobytesMax = null
    )
    {
        // A shell that replaces itself by the program: the limit is the process's own, and the pid is the program's.
        // Who may write no further is told so by an error, and not ended by a signal.
        var limit = fileKilobytesMax is { } kilobytes
            ? FormattableString.Invariant($"ulimit -f {kilobytes}; trap '' XFSZ; ")
            : "";
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("-c");
        // Who runs the tests in the background may have handed down that Ctrl-C is ignored.
        start.ArgumentList.Add(limit + "exec env --default-signal=INT \"$@\"");
        start.ArgumentList.Add("bash");
        start.ArgumentList.Add(Environment.ProcessPath is { } host && IsDotnet(host) ? host : "dotnet");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "user-reports.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var setting in settings)
        {
            start.ArgumentList.Add("--set");
            start.ArgumentList.Add(setting);
        }

        // The runtime maps its code twice through a file of gigabytes, which the limit would refuse.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return new(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> settings,
        CancellationToken cancellationToken,
        int? fileKilobytesMax = null
    )
    {
        using var process = Start(arguments, settings, fileKilobytesMax);
        return (await process.ExitCodeAsync(cancellationToken), process.Said);
    }

    /// <summary>Waits until it has said something.</summary>
    public Task UntilItSaysAsync(string text, CancellationToken cancellationToken) =>
        UntilAsync(() => Task.FromResult(Said.Contains(text, StringComparison.Ordinal)), cancellationToken);

    /// <summary>Waits until something is so; fails if the process ends before.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.False(process.HasExited, Said);
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, Said);
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Sends a signal, such as <c>STOP</c>.</summary>
    public void Send(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, FormattableString.Invariant($"{process.Id}")]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        await process.WaitForExitAsync(patience.Token);
        await Task.WhenAll(output, error);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private static bool IsDotnet(string path) => Path.GetFileNameWithoutExtension(path) == "dotnet";

    private async Task FollowAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (said)
                said.AppendLine(line);
        }
    }
}
