using UserReports.Server.Commands;
using UserReports.Server.Configuration;

namespace UserReports.Server.Tests.Commands;

/// <summary>A small generated platform, refreshed once, for tests that only read.</summary>
public sealed class GeneratedPlatform : IAsyncLifetime
{
    public const string Token = "commands-token";

    public string Folder { get; } = Directory.CreateTempSubdirectory("user-reports-").FullName;

    /// <summary>The arguments that name the platform and its store.</summary>
    public string[] Places =>
        [
            "--set",
            $"Sources:Platform={Source("platform")}",
            "--set",
            $"Sources:Usage={Source("usage")}",
            "--set",
            $"Store=Data Source={Path.Combine(Folder, "store", "reports.duckdb")}",
        ];

    public async ValueTask InitializeAsync()
    {
        // As the program itself does, before it writes anything.
        PrivateFiles.MakeOnly();
        var generated = await CommandRun.OfAsync(
            "generate",
            "--accounts",
            "300",
            "--platform",
            Source("platform"),
            "--usage",
            Source("usage"),
            "--admin-token",
            Token
        );
        Assert.Equal(
            (0, ""),
            (generated.ExitCode, generated.Error.Contains("Generating: 300 of 300") ? "" : generated.Error)
        );
        var refreshed = await CommandRun.OfAsync(["refresh", .. Places]);
        Assert.True(refreshed.ExitCode == 0, refreshed.Error);
        Assert.Contains("Refreshed 300 accounts, ", refreshed.Error, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    public string Source(string name) => $"Data Source={Path.Combine(Folder, name + ".duckdb")}";
}

/// <summary>One run of the program, in this process, as if in a pipe.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static Task<CommandRun> OfAsync(params string[] args) => RunAsync(null, args);

    /// <summary>As if the results went to a screen of this width, which shows no colours.</summary>
    public static Task<CommandRun> OnScreenAsync(int width, params string[] args) => RunAsync(width, args);

    private static async Task<CommandRun> RunAsync(int? width, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(
            args,
            new(TextWriter.Synchronized(output), TextWriter.Synchronized(error), IsInteractive: false, width)
        );
        return new(exitCode, output.ToString(), error.ToString());
    }
}
