using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace UserReports.Server.Tests.Supervision;

/// <summary>The real program, in a process and an environment of its own.</summary>
internal sealed class ProgramProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly StringBuilder said = new();
    private readonly Task reading;

    private ProgramProcess(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
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

    /// <param name="environment">Added to that of the tests.</param>
    public static ProgramProcess Start(
        IEnumerable<(string Name, string Value)> environment,
        params IEnumerable<string> arguments
    )
    {
        var program = Path.Combine(AppContext.BaseDirectory, "user-reports.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(
        IEnumerable<(string Name, string Value)> environment,
        params IEnumerable<string> arguments
    )
    {
        using var program = Start(environment, arguments);
        return (await program.EndAsync(), program.Said);
    }

    /// <summary>Asks it to stop, as a supervisor does.</summary>
    public async Task TerminateAsync()
    {
        var id = process.Id.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", ["-s", "TERM", id]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        await process.WaitForExitAsync(patience.Token);
        await reading;
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

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (said)
                said.AppendLine(line);
        }
    }
}
